import { pause } from '@kontor/feed';
import pg from 'pg';

/** Shared by everybody who writes to the logs of one database, exclusive while they are moved to another store. */
const LOCK = `hashtextextended('kontor writers', 0)`;
const HEARTBEAT_MS = 2_000;
const SILENT_AFTER_MS = 5_000;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 1_000;

/** Whoever has lost the lease without hearing of it believes for so long, at most, that it is held. */
export const BELIEVED_FOR_MS = HEARTBEAT_MS + SILENT_AFTER_MS;

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
  /** When the lock was last known to be there, by performance.now(): the moment of the question, not that of the answer. */
  private heardAt: number;
  private over: string | null = null;
  private readonly closing = new AbortController();
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: LeaseOptions,
    since: number,
    /** Of the connection that took it. */
    private readonly pid: number,
  ) {
    this.heardAt = since;
  }

  /** Null: somebody holds it the other way. */
  static async take(options: LeaseOptions): Promise<WritersLease | null> {
    const since = performance.now();
    const taken = await locked(options);
    if (taken === null) return null;
    const lease = new WritersLease(options, since, taken.pid);
    lease.running = lease.keep(taken.client);
    return lease;
  }

  /** Null when the lease is held, if need be after a wait; else a sentence that says why it is not. */
  async refusal(withinMs: number): Promise<string | null> {
    const until = performance.now() + withinMs;
    while (!this.isSure() && this.over === null && performance.now() < until)
      await pause(FIRST_RETRY_MS, this.closing.signal);
    if (this.isSure()) return null;
    return this.over ?? 'The logs are being moved to another store, or the database that says so is away.';
  }

  /** What PostgreSQL says of an exclusive one, within the transaction of somebody who is about to rely on it. */
  async isHeld(client: pg.ClientBase): Promise<boolean> {
    const { rows } = await client.query<{ held: boolean }>(
      `select exists (select from pg_locks where locktype = 'advisory' and pid = $1 and mode = 'ExclusiveLock' and granted
         and objsubid = 1 and ((classid::bigint << 32) | objid::bigint) = ${LOCK}) as held`,
      [this.pid],
    );
    return rows[0]?.held === true;
  }

  async release(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  /** By the clock too: a process that stood still, or whose loop was held up, has not heard its connection break. */
  private isSure(): boolean {
    return this.held && performance.now() - this.heardAt <= BELIEVED_FOR_MS;
  }

  private async keep(first: pg.Client): Promise<void> {
    const { signal } = this.closing;
    let client: pg.Client | null = first;
    let delayMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      if (client !== null) {
        await untilBroken(client, signal, (at) => {
          this.heardAt = at;
        });
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
    const since = performance.now();
    try {
      const taken = await locked(this.options);
      if (taken === null) return null;
      client = taken.client;
      this.over = (await this.options.stillValid?.()) ?? null;
      this.heardAt = since;
      this.held = this.over === null;
      return client;
    } catch {
      // The database is away: the next attempt asks again, on a connection of its own.
      client?.connection.stream.destroy();
      return null;
    }
  }
}

interface Locked {
  readonly client: pg.Client;
  readonly pid: number;
}

async function locked({ pool, mode }: LeaseOptions): Promise<Locked | null> {
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
    const { rows } = await client.query<{ got: boolean; pid: number }>(
      `select pg_try_advisory_lock${mode === 'shared' ? '_shared' : ''}(${LOCK}) as got, pg_backend_pid() as pid`,
    );
    if (rows[0]?.got === true) return { client, pid: rows[0].pid };
    await client.end();
    return null;
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  }
}

/** Resolves when the connection has ended or does not answer. Says when each question was asked that was answered. */
async function untilBroken(client: pg.Client, closing: AbortSignal, heard: (at: number) => void): Promise<void> {
  const ended = new AbortController();
  for (const end of ['error', 'end'] as const)
    client.once(end, () => {
      ended.abort();
    });
  const signal = AbortSignal.any([closing, ended.signal]);
  while (!signal.aborted) {
    await pause(HEARTBEAT_MS, signal);
    const at = performance.now();
    if (signal.aborted || !(await answers(client, signal))) return;
    heard(at);
  }
}

async function answers(client: pg.Client, signal: AbortSignal): Promise<boolean> {
  const asked = client.query('select 1').then(
    () => true,
    () => false,
  );
  return Promise.race([asked, pause(SILENT_AFTER_MS, signal).then(() => false)]);
}
