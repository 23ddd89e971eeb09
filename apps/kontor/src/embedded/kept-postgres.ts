import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { installPostgres, USER } from './postgres-installation.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

/** Failures in a row to bring the server back, after which it is given up; and the pause before each attempt. */
const PAUSES_MS = [0, 1_000, 3_000] as const;
/** A server that ends sooner than this after it came up was not brought back. */
const STABLE_MS = 5_000;

export interface EmbeddedPostgres {
  readonly url: string;
  /** Resolves, with a sentence that says why, when the server has ended unwanted and could not be brought back. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

type Report = Pick<Logger, 'warn' | 'error' | 'info'>;

/** The server of the data folder. Whenever it ends unwanted it is started again, on the same port. */
export async function startEmbeddedPostgres(
  folder: string,
  password: string,
  report: Report,
): Promise<EmbeddedPostgres> {
  const installation = await installPostgres(folder, password);
  let server = await startPostgres(installation);
  const stopping = new AbortController();

  const keep = async (): Promise<string | undefined> => {
    let failures = 0;
    for (;;) {
      const since = Date.now();
      await server.ended;
      if (stopping.signal.aborted) return undefined;
      report.warn({ pid: server.pid }, 'PostgreSQL has ended; it is started again');
      failures = Date.now() - since < STABLE_MS ? failures + 1 : 0;
      let why = 'it ended again at once';
      let back: PostgresServer | undefined;
      while (back === undefined) {
        const pauseMs = PAUSES_MS[failures];
        if (pauseMs === undefined)
          return `PostgreSQL has ended and could not be brought back in ${PAUSES_MS.length} attempts: ${why}`;
        await delay(pauseMs, undefined, { ref: false });
        if (stopping.signal.aborted) return undefined;
        try {
          back = await startPostgres(installation);
        } catch (error) {
          failures += 1;
          // The last line: what PostgreSQL said last.
          why = (error instanceof Error ? error.message : String(error)).split('\n').at(-1) ?? '';
          report.error({ err: error, failures }, 'PostgreSQL could not be brought back');
        }
      }
      server = back;
      // Told to stop while it came up: the one who stops has waited for the server before.
      if (stopping.signal.aborted) await server.stop();
      else report.info({ pid: server.pid }, 'PostgreSQL is back');
    }
  };

  const keeping = keep();
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${installation.port}/postgres`,
    lost: keeping.then((sentence) => sentence ?? new Promise<never>(() => undefined)),
    async stop() {
      stopping.abort();
      await server.stop();
    },
  };
}
