import { pause } from '@kontor/feed';
import pg from 'pg';

/** Shared by everybody who writes to the logs of one database, exclusive while they are moved to another store. */
const LOCK = `hashtextextended('kontor writers', 0)`;
const HEARTBEAT_MS = 2_000;
const SILENT_AFTER_MS = 5_000;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 1_000;

export interface LeaseOptions {
  readonly pool: pg.Pool;
  readonly mode: 'shared' | 'exclusive';
  /** Asked when the lease was lost and is taken again: a sentence says why it is worth nothing any more. */
  readonly stillValid?: () => Promise<string | null>;
}

/**
 * The writers' lease: an advisory lock of PostgreSQL on a connection of its own. A connection that breaks gives the lock back, so
 * the holder takes it anew; meanwhile, and for good when somebody else holds it the other way, it is not held.
 */
export class WritersLease {
  /** Aborted when the lease is lost: for an exclusive one that is the end. */
  readonly lost = new AbortController();
  private held = true;
  private over: string | null = null;
  private readonly closing = new AbortController();
  private running: Promise<void> = Promise.resolve();

  private constructor(private readonly options: LeaseOptions) {}

  /** Null: somebody holds it the other way. */
  static async take(options: LeaseOptions): Promise<WritersLease | null> {
    const client = await locked(options);
    if (client === null) return null;
    const lease = new WritersLease(options);
    lease.running = lease.keep(client);
    return lease;
  }

  /** Null when the lease is held, if need be after a wait; else a sentence that says why it is not. */
  async refusal(withinMs: number): Promise<string | null> {
    const until = performance.now() + withinMs;
    while (!this.held && this.over === null && performance.now() < until)
      await pause(FIRST_RETRY_MS, this.closing.signal);
    if (this.held) return null;
    return this.over ?? 'The logs are being moved to another store, or the database that says so is away.';
  }

  async release(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  private async keep(first: pg.Client): Promise<void> {
    const { signal } = this.closing;
    let client: pg.Client | null = first;
    let delayMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      if (client !== null) {
        await untilBroken(client, signal);
        if (signal.aborted) break;
        this.held = false;
        client.connection.stream.destroy();
        if (this.options.mode === 'exclusive') {
          this.lost.abort();
          return;
        }
        delayMs = FIRST_RETRY_MS;
      }
      client = await this.again();
      if (this.over !== null) break;
      if (client === null) {
        await pause(delayMs, signal);
        delayMs = Math.min(2 * delayMs, MAX_RETRY_MS);
      }
    }
    this.held = false;
    // A lock goes with its connection, however that ends.
    await client?.end().catch(() => undefined);
  }

  private async again(): Promise<pg.Client | null> {
    let client: pg.Client | null = null;
    try {
      client = await locked(this.options);
      if (client === null) return null;
      this.over = (await this.options.stillValid?.()) ?? null;
      this.held = this.over === null;
      return client;
    } catch {
      // The database is away: the next attempt asks again, on a connection of its own.
      client?.connection.stream.destroy();
      return null;
    }
  }
}

async function locked({ pool, mode }: LeaseOptions): Promise<pg.Client | null> {
  const { options } = pool;
  const client = new pg.Client({
    ...options,
    // The pool hides the password from enumeration.
    ...(options.password === undefined ? {} : { password: options.password }),
    application_name: 'kontor writer',
    connectionTimeoutMillis: SILENT_AFTER_MS,
    keepAlive: true,
  });
  // Between statements nobody listens; the end of the connection is seen by the heartbeat.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ got: boolean }>(
      `select pg_try_advisory_lock${mode === 'shared' ? '_shared' : ''}(${LOCK}) as got`,
    );
    if (rows[0]?.got === true) return client;
    await client.end();
    return null;
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  }
}

/** Resolves when the connection has ended or does not answer. */
async function untilBroken(client: pg.Client, closing: AbortSignal): Promise<void> {
  const ended = new AbortController();
  for (const end of ['error', 'end'] as const)
    client.once(end, () => {
      ended.abort();
    });
  const signal = AbortSignal.any([closing, ended.signal]);
  while (!signal.aborted) {
    await pause(HEARTBEAT_MS, signal);
    if (signal.aborted || !(await answers(client, signal))) return;
  }
}

async function answers(client: pg.Client, signal: AbortSignal): Promise<boolean> {
  const asked = client.query('select 1').then(
    () => true,
    () => false,
  );
  return Promise.race([asked, pause(SILENT_AFTER_MS, signal).then(() => false)]);
}
