import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseOutage } from '@kontor/event-store';
import pg from 'pg';
import type { Logger } from 'pino';
import { StartFault } from '../start-fault.ts';

/** A database that is away for longer is a matter for whoever started the process. */
const ANSWERS_WITHIN_MS = 60_000;
const CONNECT_WITHIN_MS = 5_000;
const POLL_MS = 250;

/**
 * A process that is started while PostgreSQL is away or recovers waits for it, instead of dying again and again until it is
 * given up. What waiting does not mend, as a wrong password, is said at once.
 */
export async function databaseAnswers(connectionString: string, logger: Logger): Promise<void> {
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  for (let attempt = 1; ; attempt += 1) {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_WITHIN_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (!isDatabaseOutage(error)) {
        const { host, pathname } = new URL(connectionString);
        const why = (error as Error).message;
        throw new StartFault(`The PostgreSQL of KONTOR_DATABASE_URL (${host}${pathname}) cannot be used: ${why}.`, {
          cause: error,
        });
      }
      if (Date.now() > deadline)
        throw new StartFault(`PostgreSQL did not answer within ${ANSWERS_WITHIN_MS / 1_000} s.`, { cause: error });
      if (attempt === 1) logger.warn({ err: error }, 'PostgreSQL does not answer; it is waited for');
    }
    await delay(POLL_MS);
  }
}
