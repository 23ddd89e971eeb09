import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '@kontor/http';
import { KeyedQueue } from '@kontor/service';
import type pg from 'pg';

const RETRY_MS = 200;
const WAIT_MS = 60_000;
const queue = new KeyedQueue();

/**
 * One run at a time per entity and currency: a queue in this process, and between processes a lock that PostgreSQL
 * takes back when its holder dies. Correctness does not hang on it (ledgers and calendar guard themselves); it keeps two
 * runs from doing the same work.
 */
export function whileLocked<Result>(pool: pg.Pool, name: string, work: () => Promise<Result>): Promise<Result> {
  return queue.run(name, async () => {
    const client = await pool.connect();
    // Idle while the work is done: that the connection is lost then must not be an error that nobody handles.
    let lost: Error | undefined;
    const note = (error: Error) => {
      lost = error;
    };
    client.on('error', note);
    try {
      await acquire(client, name);
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(note);
      client.off('error', note);
      // A connection that may still hold the lock is closed, and the lock with it.
      client.release(lost);
    }
  });
}

/** The same for what the next look will do anyway: where another process is at it, nothing is done. */
export async function ifUnlocked(pool: pg.Pool, name: string, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let lost: Error | undefined;
  const note = (error: Error) => {
    lost = error;
  };
  client.on('error', note);
  try {
    if (!(await tryLock(client, name))) return;
    try {
      await work();
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(note);
    }
  } finally {
    client.off('error', note);
    client.release(lost);
  }
}

async function tryLock(client: pg.PoolClient, name: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [name],
  );
  return rows[0]?.locked === true;
}

async function acquire(client: pg.PoolClient, name: string): Promise<void> {
  for (let waited = 0; waited < WAIT_MS; waited += RETRY_MS) {
    if (await tryLock(client, name)) return;
    await pause(RETRY_MS);
  }
  throw new Problem(409, 'DunningRunInProgress', 'Another dunning run of the entity is still going on.', {
    facts: { waitedMs: WAIT_MS },
  });
}
