import pg from 'pg';
import { newPassword } from './data-folder.ts';
import type { Embedded } from './start.ts';

const LOGIN = 'analyst';
const URL_FILE = 'analyst-url';

/**
 * A read-only login for analysts (I-05) on the embedded PostgreSQL. Its connection string lies in the data folder, mode
 * 0600; on a server of one's own the administrator gives out the role.
 */
export async function analystLogin({ folder, databaseUrl, platform }: Embedded): Promise<string> {
  // A process loads only the code of the services that it runs: see composition/services.ts.
  const { ANALYST_LIMITS, ANALYST_ROLE } = await import('@kontor/app-insights');
  const password = await folder.secret('analyst-password', newPassword);
  const client = await platform.pool.connect();
  try {
    const found = await client.query('select 1 from pg_roles where rolname = $1', [LOGIN]);
    const { escapeIdentifier, escapeLiteral } = pg;
    const login = escapeIdentifier(LOGIN);
    const options = `login password ${escapeLiteral(password)}`;
    await client.query(`${found.rowCount === 0 ? 'create' : 'alter'} role ${login} ${options}`);
    // One that is there already has them from the grants at each start, or others that somebody has set.
    if (found.rowCount === 0)
      for (const [setting, value] of Object.entries(ANALYST_LIMITS))
        await client.query(`alter role ${login} set ${setting} = ${escapeLiteral(value)}`);
    await client.query(`grant ${escapeIdentifier(ANALYST_ROLE)} to ${login}`);
    await client.query(`alter role ${login} set default_transaction_read_only = on`);
    await client.query(`alter role ${login} set search_path = insights`);
  } finally {
    client.release();
  }
  const url = new URL(databaseUrl);
  url.username = LOGIN;
  url.password = password;
  await folder.writeSecret(URL_FILE, url.href);
  return folder.file(URL_FILE);
}
