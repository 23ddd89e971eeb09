import { setTimeout as delay } from 'node:timers/promises';
import { LogFeed } from '@kontor/feed';
import pg from 'pg';
import { notesLog, notesProjection } from '../notes.scenarios.ts';
import { LiveProjection } from './live-projection.ts';
import { Rebuild } from './rebuild.ts';

/**
 * A process of its own that folds the live projection and its rebuild (begun when there is none), and kills itself (SIGKILL) as
 * soon as the rebuild has passed so many percent of the log. Prints "done" when it never came to that.
 *
 * Arguments: connection string, percent.
 */
const [url, percent] = process.argv.slice(2) as [string, string];
const pool = new pg.Pool({ connectionString: url, max: 12 });
const source = notesLog(pool);
// Small batches and a pause between them: the rebuild is to be met in the middle.
const live = new LiveProjection(pool, new LogFeed([source]), notesProjection(), {
  batchSize: 10,
  beforeBatch: () => delay(3),
});
await live.prepare();
await live.start();
const rebuild = new Rebuild(live);
if (!(await rebuild.copies()).some(({ state }) => state === 'building')) await rebuild.start({ actor: 'ada' });
for (;;) {
  const { done, total, caughtUp } = await rebuild.status();
  if (total > 0n && Number(done) >= (Number(total) * Number(percent)) / 100) process.kill(process.pid, 'SIGKILL');
  if (caughtUp) break;
  await delay(2);
}
console.log('done');
process.exit(0);
