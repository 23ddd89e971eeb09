import pg from 'pg';
import { LogFeed } from '@kontor/feed';
import { notesLog, notesProjection } from './notes.scenarios.ts';
import { ProjectionRunner } from './projection-runner.ts';

/**
 * A process of its own that folds to the head and kills itself (SIGKILL) before the n-th statement that it sends, or, with
 * "during", as soon as the n-th was sent. Prints "done" when it was not killed.
 *
 * Arguments: connection string, n, "before" or "during".
 */
const [url, nth, moment] = process.argv.slice(2) as [string, string, 'before' | 'during'];
const killAt = Number(nth);
let statements = 0;

class DeadlyPool extends pg.Pool {
  readonly #deadly = new WeakSet<pg.PoolClient>();

  override connect(): Promise<pg.PoolClient>;
  override connect(
    callback: (err: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): void;
  override connect(
    callback?: (err: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): Promise<pg.PoolClient> | undefined {
    if (callback !== undefined) {
      super.connect((error, client, done) => {
        if (client !== undefined) this.#arm(client);
        callback(error, client, done);
      });
      return undefined;
    }
    return super.connect().then((client) => {
      this.#arm(client);
      return client;
    });
  }

  #arm(client: pg.PoolClient): void {
    if (this.#deadly.has(client)) return;
    this.#deadly.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      statements += 1;
      if (statements === killAt && moment === 'before') process.kill(process.pid, 'SIGKILL');
      const result = query(...args);
      // The statement leaves with this turn of the event loop; whether it was carried out is anybody's guess.
      if (statements === killAt) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
      return result;
    }) as typeof client.query;
  }
}

const log = new pg.Pool({ connectionString: url, max: 3 });
const tables = new DeadlyPool({ connectionString: url, max: 3 });
const source = notesLog(log);
await new ProjectionRunner(tables, new LogFeed([source]), notesProjection(), { batchSize: 15 }).catchUp();
await source.store.close();
await Promise.all([log.end(), tables.end()]);
console.log('done');
