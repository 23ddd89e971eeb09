import pg from 'pg';

/**
 * A pool whose process kills itself (SIGKILL) before the n-th statement that it sends, or, with "during", as soon as the
 * n-th was sent: whether the server carried that one out is anybody's guess. For the child processes of fault tests,
 * which cannot import this library's root: it speaks to Jest.
 */
export class DeadlyPool extends pg.Pool {
  readonly #deadly = new WeakSet<pg.PoolClient>();
  readonly #killAt: number;
  readonly #moment: 'before' | 'during';
  #statements = 0;

  constructor(config: pg.PoolConfig, killAt: number, moment: 'before' | 'during') {
    super(config);
    this.#killAt = killAt;
    this.#moment = moment;
  }

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
      this.#statements += 1;
      if (this.#statements === this.#killAt && this.#moment === 'before') process.kill(process.pid, 'SIGKILL');
      const result = query(...args);
      // The statement leaves with this turn of the event loop; whether it was carried out is anybody's guess.
      if (this.#statements === this.#killAt) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
      return result;
    }) as typeof client.query;
  }
}

/** Everything is loaded: waits until the test says that it is this process's turn (`StartedAhead` of child.ts). */
export async function toldToGo(): Promise<void> {
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
}
