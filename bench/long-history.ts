import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { CloudEvent } from '@kontor/kernel';
import pg from 'pg';
import { writeDeals } from './deal-log.ts';
import { type BenchPlatform, startBenchPlatform } from './processes.ts';

const CAUGHT_UP_WITHIN_MS = 300_000;

/**
 * The platform on a log of accounts of so many events. Its live read models have not folded them: they are at the head, for
 * what is measured is what reads the history anew.
 */
export async function startOnLongHistory(databaseUrl: string, events: number): Promise<BenchPlatform> {
  const before = await startBenchPlatform(databaseUrl);
  await caughtUp(before);
  await before.pause();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  try {
    const head = await writeDeals(pool, events);
    const { rows } = await pool.query<{ schema: string }>(
      `select table_schema as schema from information_schema.columns
       where table_name = 'checkpoints' and column_name in ('service', 'position', 'log_id', 'epoch')
       group by table_schema having count(*) = 4`,
    );
    for (const { schema } of rows)
      await pool.query(
        `update ${schema}.checkpoints set position = $1, log_id = (select log_id from accounts_log.log)
         where service = 'accounts'`,
        [head],
      );
    await pool.query('vacuum analyze');
  } finally {
    await pool.end();
  }
  const platform = await startBenchPlatform(databaseUrl, { folder: before.folder });
  await caughtUp(platform);
  return platform;
}

/** Until no subscription of the platform is behind. */
export async function caughtUp(platform: BenchPlatform): Promise<void> {
  for (const end = performance.now() + CAUGHT_UP_WITHIN_MS; performance.now() < end;) {
    const { services } = await asked<{
      services: { subscriptions: { lagEvents: string | null }[] }[];
    }>(platform, 'GET', '/v1/platform/status');
    if (services.every(({ subscriptions }) => subscriptions.every(({ lagEvents }) => lagEvents === '0'))) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the platform does not catch up');
}

/** An administrator's request to the platform. */
export async function asked<Body>(platform: BenchPlatform, method: string, path: string, body?: object): Promise<Body> {
  const response = await fetch(`${platform.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${platform.token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path} was answered with ${response.status}: ${(await response.text()).slice(0, 500)}`);
  return (await response.json()) as Body;
}

/** The lines of a service's history, up to its present end. */
export async function* historyOf(
  platform: BenchPlatform,
  service: string,
): AsyncGenerator<{ readonly event?: CloudEvent }> {
  const response = await fetch(`${platform.url}/v1/history/${service}`, {
    headers: { authorization: `Bearer ${platform.token}` },
  });
  if (!response.ok || response.body === null) throw new Error(`the history was answered with ${response.status}`);
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) }))
    yield JSON.parse(line) as { readonly event?: CloudEvent };
}
