import type pg from 'pg';

/**
 * One connection, one transaction: `begin` opens it, and it ends with the work. After a fault the connection is rolled back,
 * and thrown away when even that fails.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  begin: string,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  // A connection that is cut while it is lent out says so twice: the statement fails, which is handled, and the client
  // emits an error, which would end the process.
  client.on('error', ignore);
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    client.off('error', ignore);
    client.release();
    return result;
  } catch (error) {
    const broken = await rolledBack(client);
    client.off('error', ignore);
    client.release(broken);
    throw error;
  }
}

async function rolledBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('the rollback failed', { cause: error });
  }
}

function ignore(): void {
  // The statement that was under way carries the same error.
}
