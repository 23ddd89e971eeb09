import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { notesLog, notesProjection, taken } from './notes.scenarios.ts';
import type { Projection } from './projection.ts';
import { ProjectionRunner } from './projection-runner.ts';

const V1 = 'kontor.notes.note-taken.v1';
const V2 = 'kontor.notes.note-taken.v2';

let db: TestDatabase;
let source: LogSource;
beforeAll(async () => {
  db = await testDatabase();
  await PostgresEventStore.migrate(db.pool, 'notes_log');
  source = notesLog(db.pool);
});
afterAll(async () => {
  await source.store.close();
  await db.drop();
});

it('an event type of a newer version parks its stream, and is folded by the code that knows it', async () => {
  // A publisher of tomorrow: what it says of notebook 2 has another version.
  const { publication } = source;
  const tomorrow = new LogFeed([
    {
      ...source,
      publication: {
        service: 'notes',
        publish: (event) => {
          const contracted = publication.publish(event);
          return contracted?.contract === V1 && event.stored.stream === 'notebook-2'
            ? { ...contracted, contract: V2 }
            : contracted;
        },
      },
    },
  ]);
  for (const notebook of ['notebook-1', 'notebook-2', 'notebook-1'])
    await source.store.append(notebook, 'any', [taken(`of ${notebook}`)]);
  const texts = async () =>
    (await db.pool.query<{ notebook: string }>('select notebook from reading.notes order by position')).rows.map(
      ({ notebook }) => notebook,
    );
  const today = notesProjection();
  const runner = new ProjectionRunner(db.pool, tomorrow, today);
  await runner.catchUp();
  expect(await texts()).toEqual(['notebook-1', 'notebook-1']);
  const newer = `${V2} is newer than what notes-read understands: run a newer version of it, then retry`;
  const { rows } = await db.pool.query('select stream, error from notes_read_v1.parked_streams');
  expect(rows).toEqual([{ stream: 'notebook-2', error: newer }]);
  expect(await runner.retryParked('notes', 'notebook-2')).toEqual({ applied: 0, error: newer });

  const handler = today.on[V1] as Projection['on'][string];
  const updated = new ProjectionRunner(db.pool, tomorrow, { ...today, on: { ...today.on, [V2]: handler } });
  expect(await updated.retryParked('notes', 'notebook-2')).toEqual({ applied: 1, error: null });
  await updated.catchUp();
  expect(await texts()).toEqual(['notebook-1', 'notebook-2', 'notebook-1']);
});
