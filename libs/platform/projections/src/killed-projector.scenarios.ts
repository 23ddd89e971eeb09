import pg from 'pg';
import { LogFeed } from '@kontor/feed';
import { DeadlyPool, toldToGo } from '@kontor/testing/deadly-pool';
import { notesLog, notesProjection } from './notes.scenarios.ts';
import { ProjectionRunner } from './projection-runner.ts';

/**
 * A process of its own that folds to the head and kills itself (SIGKILL) before the n-th statement that it sends, or, with
 * "during", as soon as the n-th was sent. Prints "done" when it was not killed.
 *
 * Arguments: connection string, n, "before" or "during".
 */
const [url, nth, moment] = process.argv.slice(2) as [string, string, 'before' | 'during'];
const log = new pg.Pool({ connectionString: url, max: 3 });
const tables = new DeadlyPool({ connectionString: url, max: 3 }, Number(nth), moment);
const source = notesLog(log);
await toldToGo();
await new ProjectionRunner(tables, new LogFeed([source]), notesProjection(), { batchSize: 5 }).catchUp();
await source.store.close();
await Promise.all([log.end(), tables.end()]);
console.log('done');
