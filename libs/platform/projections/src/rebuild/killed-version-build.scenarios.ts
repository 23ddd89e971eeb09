import { setTimeout as delay } from 'node:timers/promises';
import { LogFeed } from '@kontor/feed';
import pg from 'pg';
import { notesLog, notesWithWords } from '../notes.scenarios.ts';
import { LiveProjection } from './live-projection.ts';

/**
 * A process of its own with the next version of the code, which kills itself (SIGKILL) as soon as that version is built to so many
 * percent of the log. Prints "done" when it never came to that.
 *
 * Arguments: connection string, percent.
 */
const [url, percent] = process.argv.slice(2) as [string, string];
const pool = new pg.Pool({ connectionString: url, max: 12 });
const source = notesLog(pool);
const live = new LiveProjection(pool, new LogFeed([source]), notesWithWords(), {
  batchSize: 10,
  beforeBatch: () => delay(3),
});
await live.prepare();
await live.start();
const { position: head } = await source.store.head();
while (live.building !== undefined) {
  const { services } = await live.status();
  const done = services.reduce((sum, { position }) => sum + position, 0n);
  if (done >= (head * BigInt(percent)) / 100n) process.kill(process.pid, 'SIGKILL');
  await delay(2);
}
console.log('done');
process.exit(0);
