import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { dice, eventually, seedOfRun } from '@kontor/testing';
import { Firm } from './chaos/firm.ts';
import { Journal } from './chaos/journal.ts';
import { Oracle } from './chaos/oracle.ts';
import { type EmbeddedPlatform, embeddedPlatform } from './support/embedded-platform.ts';

const LONG_MS = 300_000;
const BACK_WITHIN_MS = 60_000;
const WRITERS = 8;
const SEED = seedOfRun();

/** The PostgreSQL that the embedded platform brings along is killed: it comes back, and nobody is told anything untrue. */
describe('the death of the embedded PostgreSQL', () => {
  let platform: EmbeddedPlatform;
  beforeAll(async () => {
    platform = await embeddedPlatform();
  }, LONG_MS);
  afterAll(() => platform.dispose(), LONG_MS);

  const ready = async () => (await platform.api.request('GET', '/health/ready'))?.status;

  it(
    `fault row 17: killed under load it is started again; accepted = stored, once, in order; meanwhile 503 (seed ${SEED})`,
    async () => {
      const chance = dice(SEED);
      const journal = new Journal(platform.api);
      const firm = new Firm(platform.api, journal, chance, `db-${SEED}`);
      await firm.setUp(WRITERS);
      const stop = new AbortController();
      const giveUp = new AbortController();
      const working = Promise.all(
        Array.from({ length: WRITERS }, (_, desk) => firm.work(desk, stop.signal, giveUp.signal, 5)),
      );
      const reads: (number | undefined)[] = [];
      for (let kill = 0; kill < 2; kill += 1) {
        const accepted = journal.accepted.size + 20 + chance.int(60);
        await eventually('there is load', () => journal.accepted.size >= accepted, BACK_WITHIN_MS);
        const before = await platform.postgres();
        process.kill(before, 'SIGKILL');
        // Queries are answered all the while, with what they found or with 503.
        await eventually(
          'another PostgreSQL serves',
          async () => {
            reads.push((await platform.api.request('GET', '/v1/accounts?limit=1'))?.status);
            return (await platform.postgres()) !== before && (await ready()) === 200;
          },
          BACK_WITHIN_MS,
        );
        const since = journal.accepted.size;
        await eventually('commands are accepted again', () => journal.accepted.size > since + 20, BACK_WITHIN_MS);
      }
      stop.abort();
      const late = setTimeout(() => giveUp.abort(), BACK_WITHIN_MS);
      await working;
      clearTimeout(late);
      expect([...new Set(reads)].filter((status) => status !== 200 && status !== 503)).toEqual([]);
      expect(journal.open).toEqual([]);
      await journal.repeat([...journal.accepted.keys()].filter(() => chance.once(10)));
      expect(journal.findings).toEqual([]);
      expect(await new Oracle(platform.api, firm.books, journal).judge()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'fault row 17: three times in a row it does not come back: the platform ends with 1 and one sentence',
    async () => {
      const data = join(platform.folder, 'postgres');
      const pid = await platform.postgres();
      await rename(join(data, 'pg_wal'), join(data, 'pg_wal.away'));
      process.kill(pid, 'SIGKILL');
      await eventually('it is said meanwhile', async () => (await ready()) === 503, BACK_WITHIN_MS);
      const { code, stderr } = await platform.ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(/^kontor: PostgreSQL has ended and could not be brought back in 3 attempts: .*\n$/);
    },
    LONG_MS,
  );
});
