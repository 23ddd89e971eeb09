import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { dice, seedOfRun, testDatabase, type TestDatabase } from '@kontor/testing';
import { randomUUID } from 'node:crypto';
import type { NewEvent, StoredEvent } from '../event-store.ts';
import { PostgresEventStore } from '../postgres-event-store.ts';

const SEED = seedOfRun();
const SCHEMA = 'clock_log';
const ROUNDS = 40;
const STREAMS = 5;
const LONGEST_JUMP_S = 7_200;

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await PostgresEventStore.migrate(db.pool, SCHEMA);
});
afterAll(() => db.drop());

/** An event of a process whose own clock goes as it likes. */
function newEvent(occurredAt: string): NewEvent {
  return {
    id: randomUUID(),
    type: 'notes.NoteTaken.v1',
    data: Buffer.from('{}'),
    metadata: {
      ...{ occurredAt, actor: 'ada', origin: 'person', commandId: randomUUID() },
      ...{ requestHash: 'h', correlationId: 'c' },
    },
  };
}

it(`fault row 18: clocks that jump, of the server and of two processes, reorder nothing (seed ${SEED})`, async () => {
  const { int, once } = dice(SEED);
  const stores = [0, 1].map(() => new PostgresEventStore({ pool: db.pool, schema: SCHEMA }));
  const accepted: string[] = [];
  const stop = new AbortController();
  const followed: StoredEvent[] = [];
  const following = (async () => {
    for await (const batch of (stores[1] as PostgresEventStore).subscribe({ after: 0n, signal: stop.signal })) {
      followed.push(...batch.events);
      if (followed.length >= ROUNDS * 3) return;
    }
  })();
  for (let round = 0; round < ROUNDS; round += 1) {
    // What is left behind by a server's clock that was ahead, and was then set back: its last event, and what the log says.
    if (once(3))
      await db.pool.query(
        `with ahead as (update ${SCHEMA}.log set recorded_at = recorded_at + make_interval(secs => $1) returning *)
         update ${SCHEMA}.events e set recorded_at = ahead.recorded_at from ahead where e.position = ahead.position`,
        [1 + int(LONGEST_JUMP_S)],
      );
    const occurredAt = new Date(
      Date.UTC(2026, 0, 1) + (int(2 * LONGEST_JUMP_S) - LONGEST_JUMP_S) * 1_000,
    ).toISOString();
    const events = Array.from({ length: 3 }, () => newEvent(occurredAt));
    await (stores[int(2)] as PostgresEventStore).append(`note-${int(STREAMS)}`, 'any', events);
    accepted.push(...events.map(({ id }) => id));
  }
  await following;
  stop.abort();

  // As another process reads it, which has nothing of it in memory.
  const reader = new PostgresEventStore({ pool: db.pool, schema: SCHEMA });
  const { events } = await reader.readAll({ after: 0n, limit: ROUNDS * 3 });
  expect(events.map(({ id }) => id)).toEqual(accepted);
  expect(events.map(({ position }) => position)).toEqual(accepted.map((_, index) => BigInt(index + 1)));
  expect(followed.map(({ id }) => id)).toEqual(accepted);
  const times = events.map(({ recordedAt }) => recordedAt);
  expect(times).toEqual(times.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0)));
  for (let stream = 0; stream < STREAMS; stream += 1) {
    const own: StoredEvent[] = [];
    for await (const event of (stores[1] as PostgresEventStore).readStream(`note-${stream}`)) own.push(event);
    expect(own.map(({ id }) => id)).toEqual(
      events.filter((event) => event.stream === `note-${stream}`).map(({ id }) => id),
    );
    expect(own.map(({ revision }) => revision)).toEqual(own.map((_, index) => BigInt(index)));
  }
  await Promise.all([reader, ...stores].map((store) => store.close()));
});
