import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { type Ended, eventually, StartedAhead, testDatabase, type TestDatabase } from '@kontor/testing';
import { note } from '@kontor/testing/feed-contract';
import { type Errand, type ErrandState, recordingTarget, sentTo } from './errands.scenarios.ts';

/** There are some twenty statements to die at, and each death wants a process of its own. */
const DEADLINE_MS = 180_000;

let db: TestDatabase;
let store: PostgresEventStore;
const taken = new Map<string, string[]>();

beforeAll(async () => {
  db = await testDatabase();
  await PostgresEventStore.migrate(db.pool, 'notes_log');
  store = new PostgresEventStore({ pool: db.pool, schema: 'notes_log' });
  await recordingTarget(db.pool);
});
afterAll(async () => {
  await store.close();
  await db.drop();
});

/** As much as a process works off with a few more statements than those that it has already died at. */
async function take(round: number): Promise<void> {
  const stream = `note-${round}`;
  const texts = [1, 2, 3].map((index) => `${round} ${index}`);
  taken.set(stream, texts);
  await store.append(
    stream,
    'none',
    texts.map((text) => note(text)),
  );
}

const SCRIPT = join(import.meta.dirname, 'killed-process.scenarios.ts');

/** How the process manager in its own process ended; true when it was killed. */
async function wasKilled({ code, signal, output }: Ended): Promise<boolean> {
  if (signal === 'SIGKILL') {
    // Its locks go with its connections, which the server notices when it next looks.
    await eventually('no session of the killed process is left', async () => {
      const { rows } = await db.pool.query<{ others: number }>(
        `select count(*)::int as others from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()
           and (state <> 'idle' or application_name = 'kontor leases')`,
      );
      return rows[0]?.others === 0;
    });
    return true;
  }
  if (code !== 0 || !output.includes('done')) throw new Error(`the process ended with ${code}: ${output}`);
  return false;
}

it(
  'fault row 5: killed at every statement, it sends the same commands again, and each has one effect',
  async () => {
    let nth = 1;
    await take(nth);
    const managers = new StartedAhead(SCRIPT, (index) => [
      db.url,
      String(index + 1),
      (index + 1) % 2 === 0 ? 'before' : 'during',
    ]);
    try {
      while (await wasKilled(await managers.next())) {
        nth += 1;
        await take(nth);
      }
    } finally {
      await managers.dispose();
    }
    expect(nth).toBeGreaterThan(12);
    const { rows } = await db.pool.query<{ key: string; state: ErrandState }>(
      'select key, state from errands_processes.instances',
    );
    for (const [key, texts] of taken) {
      const state = rows.find((row) => row.key === key)?.state.texts ?? [];
      expect(state).toEqual([...texts, 'reminded']);
    }
    const sent = (await sentTo(db.pool)).map(({ command }) => command.command as Errand);
    const expected = [...taken.values()].flatMap((texts) => [...texts, texts[2] as string]);
    expect(sent.map(({ text }) => text).toSorted()).toEqual(expected.toSorted());
    const repeated = await db.pool.query('select 1 from sent where times > 1');
    expect(repeated.rowCount).toBeGreaterThan(0);
  },
  DEADLINE_MS,
);
