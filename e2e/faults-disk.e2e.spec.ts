import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { dice, eventually, seedOfRun } from '@kontor/testing';
import { Firm } from './chaos/firm.ts';
import { Journal } from './chaos/journal.ts';
import { Oracle } from './chaos/oracle.ts';
import { type EmbeddedPlatform, embeddedPlatform } from './support/embedded-platform.ts';
import { smallDisk } from './support/small-disk.ts';

const LONG_MS = 300_000;
const WITHIN_MS = 120_000;
const WRITERS = 6;
const REFUSALS = 8;
const SEED = seedOfRun();

const disk = smallDisk();
let started: EmbeddedPlatform | undefined;
beforeAll(async () => {
  started = await embeddedPlatform(join(disk.folder, 'data'));
}, LONG_MS);
afterAll(async () => {
  await started?.stop();
  disk.dispose();
}, LONG_MS);

it(
  `fault row 17: the disk is full (${disk.kind}): accepted = stored, refused = 503; with room again all goes on (seed ${SEED})`,
  async () => {
    if (started === undefined) throw new Error('it did not start');
    const platform = started;
    const chance = dice(SEED);
    const journal = new Journal(platform.api);
    const firm = new Firm(platform.api, journal, chance, `disk-${SEED}`);
    await firm.setUp(WRITERS);
    const stop = new AbortController();
    const giveUp = new AbortController();
    const working = Promise.all(
      Array.from({ length: WRITERS }, (_, desk) => firm.work(desk, stop.signal, giveUp.signal, 2)),
    );
    await eventually('there is load', () => journal.accepted.size > 50, WITHIN_MS);
    await disk.fill(await platform.postgres());
    const refused = () => Array.from(journal.unavailable.values()).reduce((sum, count) => sum + count, 0);
    await eventually('nothing can be stored any more', () => refused() >= REFUSALS, WITHIN_MS);
    await disk.makeRoom(await platform.postgres());
    const since = journal.accepted.size;
    await eventually('commands are accepted again', () => journal.accepted.size > since + 50, WITHIN_MS);
    stop.abort();
    const late = setTimeout(() => giveUp.abort(), WITHIN_MS);
    await working;
    clearTimeout(late);
    expect(journal.open).toEqual([]);
    await journal.repeat([...journal.accepted.keys()].filter(() => chance.once(10)));
    expect(journal.findings).toEqual([]);
    expect(await new Oracle(platform.api, firm.books, journal).judge()).toEqual([]);
  },
  LONG_MS,
);
