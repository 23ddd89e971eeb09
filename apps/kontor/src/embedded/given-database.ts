import pg from 'pg';
import { StartFault } from '../start-fault.ts';

/** Longer than a server on the way needs; a wrong address says nothing at all. */
const ANSWER_WITHIN_MS = 10_000;

/** Asks the PostgreSQL that somebody named once, so that a wrong address or password is a sentence and no trace. */
export async function requireDatabase(databaseUrl: string): Promise<void> {
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl))
    throw new StartFault('--database is no address such as postgres://user:password@host:5432/name.');
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: ANSWER_WITHIN_MS });
  try {
    await client.connect();
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: string };
    const { host, pathname } = new URL(databaseUrl);
    const why = message === '' ? (code ?? 'no reason') : message;
    throw new StartFault(`The PostgreSQL of --database (${host}${pathname}) cannot be used: ${why}.`, { cause: error });
  } finally {
    // The answer, or the fault above, is already known.
    await client.end().catch(() => undefined);
  }
}
