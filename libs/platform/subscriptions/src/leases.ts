import { randomInt, randomUUID } from 'node:crypto';
import { isInfrastructureFault } from '@kontor/feed';
import pg from 'pg';

/** Held as long as the connection lives that took it. `token` fences: who commits must still find it in the table. */
export interface Lease {
  readonly token: string;
  /** Aborted when the connection broke, so that somebody else may hold the lease by now. */
  readonly lost: AbortSignal;
  readonly release: () => Promise<void>;
}

interface HeldLock {
  readonly name: string;
  readonly client: pg.Client;
  readonly lost: AbortSignal;
  readonly release: () => Promise<void>;
}

const keepers = new WeakMap<pg.Pool, LeaseKeeper>();

/**
 * Leases on process managers: one connection per pool holds an advisory lock for each. A lock goes when its process goes,
 * SIGKILL included, so that nobody waits for a lease to run out; and because a process that was only cut off may not have
 * noticed yet, every commit checks the token that the latest holder has left in the table.
 */
export class LeaseKeeper {
  readonly #pool: pg.Pool;
  readonly #held = new Set<string>();
  readonly #memberships = new Map<string, number>();
  #session: { readonly client: pg.Client; readonly lost: AbortController } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  static of(pool: pg.Pool): LeaseKeeper {
    let keeper = keepers.get(pool);
    if (keeper === undefined) keepers.set(pool, (keeper = new LeaseKeeper(pool)));
    return keeper;
  }

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /**
   * Who works together: the members of a group, as numbers, and this process's own among them. Each holds a lock with the
   * number of the group and its own, so that a member is gone as soon as its process is.
   */
  async members(group: string): Promise<{ readonly own: number; readonly all: readonly number[] }> {
    return this.#inTurn(async () => {
      const { client } = await this.#connected();
      const own = this.#memberships.get(group) ?? randomInt(2 ** 31);
      if (!this.#held.has(group)) {
        await client.query('select pg_advisory_lock(hashtext($1), $2)', [group, own]);
        this.#memberships.set(group, own);
        this.#held.add(group);
      }
      const { rows } = await client.query<{ member: string }>(
        `select objid::text as member from pg_locks where locktype = 'advisory' and objsubid = 2
           and database = (select oid from pg_database where datname = current_database())
           and classid::bigint = hashtext($1)::bigint & 4294967295 order by objid`,
        [group],
      );
      return { own, all: rows.map(({ member }) => Number(member)) };
    });
  }

  async leave(group: string): Promise<void> {
    await this.#inTurn(async () => {
      const own = this.#memberships.get(group);
      this.#memberships.delete(group);
      if (own === undefined || !this.#held.delete(group) || this.#session === undefined) return;
      await this.#session.client.query('select pg_advisory_unlock(hashtext($1), $2)', [group, own]);
      await this.#closeIfIdle();
    });
  }

  /** A lock and nothing else: for work that is safe when two do it for a moment, and only dearer. Undefined: somebody has it. */
  async tryLock(name: string): Promise<Pick<Lease, 'lost' | 'release'> | undefined> {
    return this.#inTurn(() => this.#lock(`kontor turn ${name}`));
  }

  /** Undefined: somebody else holds it. */
  async tryAcquire(schema: string, process: string): Promise<Lease | undefined> {
    return this.#inTurn(() => this.#acquire(schema, process));
  }

  async #acquire(schema: string, process: string): Promise<Lease | undefined> {
    const lock = await this.#lock(`kontor process ${schema} ${process}`);
    if (lock === undefined) return undefined;
    const token = randomUUID();
    try {
      await lock.client.query(
        `insert into ${schema}.leases (process, token) values ($1, $2)
         on conflict (process) do update set token = excluded.token`,
        [process, token],
      );
    } catch (error) {
      await this.#release(lock, lock.name);
      throw error;
    }
    return { token, lost: lock.lost, release: lock.release };
  }

  async #lock(name: string): Promise<HeldLock | undefined> {
    // Advisory locks count per session: asked again, our own session would get it a second time.
    if (this.#held.has(name)) return undefined;
    const session = await this.#connected();
    const { rows } = await session.client.query<{ got: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
      [name],
    );
    if (rows[0]?.got !== true) {
      await this.#closeIfIdle();
      return undefined;
    }
    this.#held.add(name);
    const { client, lost } = session;
    const lock = { name, client, lost: lost.signal };
    return { ...lock, release: () => this.#inTurn(() => this.#release(lock, name)) };
  }

  async #release({ client, lost }: Pick<HeldLock, 'client' | 'lost'>, name: string): Promise<void> {
    if (lost.aborted) return;
    try {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
    } catch (error) {
      // The connection broke in this very moment, and its locks with it; anything else is worth hearing.
      if (!lost.aborted && !isInfrastructureFault(error)) throw error;
      return;
    }
    this.#held.delete(name);
    await this.#closeIfIdle();
  }

  async #closeIfIdle(): Promise<void> {
    if (this.#held.size > 0 || this.#session === undefined) return;
    const { client } = this.#session;
    this.#session = undefined;
    await client.end();
  }

  async #connected(): Promise<{ client: pg.Client; lost: AbortController }> {
    if (this.#session !== undefined) return this.#session;
    const { options } = this.#pool;
    const client = new pg.Client({
      ...options,
      // The pool hides the password from enumeration.
      ...(options.password === undefined ? {} : { password: options.password }),
      application_name: 'kontor leases',
      keepAlive: true,
    });
    const session = { client, lost: new AbortController() };
    const end = () => {
      if (this.#session !== session) return;
      this.#session = undefined;
      this.#held.clear();
      session.lost.abort();
    };
    client.on('error', end);
    client.on('end', end);
    await client.connect();
    this.#session = session;
    return session;
  }

  /** One statement after the other: two acquirers must not open two sessions. */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
