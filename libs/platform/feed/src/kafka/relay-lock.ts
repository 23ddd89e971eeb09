import pg from 'pg';

/** Held as long as the connection lives that took it. */
export interface RelayLock {
  /** Aborted when the connection broke. */
  readonly lost: AbortSignal;
  readonly release: () => Promise<void>;
}

/**
 * Undefined: somebody else relays this topic. The lock saves work and keeps repetitions rare; what keeps order right is the
 * checkpoint, which only one of two relays can advance.
 */
export async function lockRelay(pool: pg.Pool, topic: string): Promise<RelayLock | undefined> {
  const { options } = pool;
  const client = new pg.Client({
    ...options,
    // The pool hides the password from enumeration.
    ...(options.password === undefined ? {} : { password: options.password }),
    application_name: 'kontor relay',
    keepAlive: true,
  });
  const lost = new AbortController();
  for (const end of ['error', 'end'] as const)
    client.on(end, () => {
      lost.abort();
    });
  await client.connect();
  const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [
    `kontor relay ${topic}`,
  ]);
  if (rows[0]?.got !== true) {
    await client.end();
    return undefined;
  }
  return {
    lost: lost.signal,
    async release() {
      if (!lost.signal.aborted) await client.end();
    },
  };
}
