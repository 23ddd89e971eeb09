import type pg from 'pg';

/**
 * Does what makes or changes schemas, while no other process does: several that start at once on an empty database would
 * all find nothing there. The lock belongs to its connection, so that it goes with the process.
 */
export async function alone<Result>(pool: pg.Pool, work: () => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    // Longer than any statement may take elsewhere: who waits here waits for a whole start.
    await client.query('set statement_timeout = 0');
    await client.query(`select pg_advisory_lock(hashtextextended('kontor prepares', 0))`);
    return await work();
  } finally {
    // The connection goes, and with it the lock and the setting.
    client.release(true);
  }
}
