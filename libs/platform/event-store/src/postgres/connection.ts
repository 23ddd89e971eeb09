import pg from 'pg';
import type { StoreLimits } from './store.config.ts';

/**
 * A connection beside the pool, to the same server. Appends and notifications have their own: a request that holds the
 * pool's last connection while it waits for its append would otherwise wait for itself.
 */
export async function connectBeside(
  pool: pg.Pool,
  applicationName: string,
  limits: StoreLimits,
  statementTimeoutMs?: number,
): Promise<pg.Client> {
  const client = new pg.Client({
    ...pool.options,
    // The pool hides the password from enumeration.
    ...(pool.options.password === undefined ? {} : { password: pool.options.password }),
    application_name: applicationName,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    keepAlive: true,
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs }),
  });
  // Between statements nobody listens; the end of the connection is seen at the next use.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    destroy(client);
    throw error;
  }
  return client;
}

/** Closes at once, without the farewell that a silent server would never answer. */
export function destroy(client: pg.Client): void {
  client.connection.stream.destroy();
}
