import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import type { LogSource } from '@kontor/feed';
import {
  dice,
  type Ended,
  eventually,
  seedOfRun,
  StartedAhead,
  testDatabase,
  type TestDatabase,
} from '@kontor/testing';
import { foldInMemory, readTables } from './fold-in-memory.ts';
import { appendAll, noteEvents, notesLog, notesProjection, published, taken } from './notes.scenarios.ts';

/** There are some thirty statements to die at, and each death wants a process of its own. */
const DEADLINE_MS = 180_000;
const SEED = seedOfRun();

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

const SCRIPT = join(import.meta.dirname, 'killed-projector.scenarios.ts');

/** How the projector in its own process ended; true when it was killed. */
function wasKilled({ code, signal, output }: Ended): boolean {
  if (signal === 'SIGKILL') return true;
  if (code !== 0 || !output.includes('done')) throw new Error(`the projector ended with ${code}: ${output}`);
  return false;
}

/** Row 6: what the checkpoint says was folded is in the tables, all of it and nothing beyond. */
async function expectFoldUpToCheckpoint(): Promise<void> {
  // The server may still be working on what a killed process had sent.
  await eventually('no session of the killed process is left', async () => {
    const { rows } = await db.pool.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    );
    return rows[0]?.others === 0;
  });
  const { rows } = await db.pool.query<{ exists: boolean }>(
    `select to_regclass('notes_read_v1.checkpoints') is not null as exists`,
  );
  if (rows[0]?.exists !== true) return;
  const checkpoints = await db.pool.query<{ position: string }>(
    'select distinct position from notes_read_v1.checkpoints',
  );
  expect(checkpoints.rows.length).toBeLessThan(2);
  const upTo = BigInt(checkpoints.rows[0]?.position ?? 0);
  const { tables, parked } = foldInMemory(notesProjection(), await published(source, upTo));
  expect(await readTables(db.pool, notesProjection())).toEqual(tables);
  const letters = await db.pool.query<{ event_id: string }>(
    'select event_id from notes_read_v1.dead_letters order by position',
  );
  expect(letters.rows.map(({ event_id }) => event_id)).toEqual(parked.map(({ event }) => event.id));
}

it(
  `fault rows 5 and 6: killed before and during every statement, the tables equal the fold and the checkpoint is never ahead (seed ${SEED})`,
  async () => {
    const { int } = dice(SEED);
    await source.store.append('notebook-6', 'any', [taken('poison')]);
    let kills = 0;
    for (const moment of ['before', 'during'] as const) {
      let round = 0;
      // Every boundary once; in the middle of a statement at every other one, which shifts with each start.
      const step = moment === 'before' ? 1 : 2;
      const projectors = new StartedAhead(SCRIPT, (index) => [db.url, String(1 + index * step), moment]);
      try {
        for (let nth = 1, killed = true; killed; nth += step) {
          // Two batches at each start, so that both the first statement of one and the last of one are reached.
          await appendAll(source, noteEvents(`${moment} ${nth}`, 6 + int(4)));
          killed = wasKilled(await projectors.next());
          if (killed) kills += 1;
          await expectFoldUpToCheckpoint();
          round = nth;
        }
      } finally {
        await projectors.dispose();
      }
      expect(round).toBeGreaterThan(12);
    }
    expect(kills).toBeGreaterThan(18);
    const { tables } = foldInMemory(notesProjection(), await published(source));
    expect(await readTables(db.pool, notesProjection())).toEqual(tables);
  },
  DEADLINE_MS,
);
