import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  dice,
  eventually,
  ownBrokers,
  type OwnBrokers,
  seedOfRun,
  testDatabase,
  type TestDatabase,
} from '@kontor/testing';
import { toBeLive, toHaveSeen, type Wiring, wiring } from './kafka.scenarios.ts';

const SEED = seedOfRun();
const DEADLINE_MS = 150_000;
const CATCH_UP_MS = 60_000;
/** A broker is away for at least so long; and, once that was noticed, for so many events more, or up to twice as many. */
const OUTAGE_MS = 5_000;
const OUTAGE_EVENTS = 200;
/** Of one group: enough for each of its members to come and go. */
const REBALANCES = 3;
const QUICK = { watchdogMs: 500, silenceMs: 3_000, sessionTimeoutMs: 6_000 };

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => {
  await db.drop();
});

/** Appends all the time, at this pace, until it is ended; then says what was appended. */
function writer(wired: Wiring, everyMs: number) {
  const all: string[] = [];
  let writing = true;
  const done = (async () => {
    for await (const _ of setInterval(everyMs)) {
      if (!writing) return;
      all.push(...(await wired.append(3)));
    }
  })();
  return {
    written: () => all.length,
    async end(): Promise<string[]> {
      writing = false;
      await done;
      return all;
    },
  };
}

/** The relay has brought everything, and the topic serves again. */
async function recovered(wired: Wiring, feed: ReturnType<Wiring['feed']>): Promise<void> {
  const { position } = await wired.log.head('notes');
  await eventually(
    'the relay is at the head',
    async () => (await wired.relay.status()).position >= position,
    CATCH_UP_MS,
  );
  await toBeLive(feed, CATCH_UP_MS);
}

describe('fault row 11', () => {
  it(
    `seed ${SEED}: three rebalances with three consumers of one group: each of them hears everything, once and in order`,
    async () => {
      const { int } = dice(SEED);
      const wired = wiring(db.pool);
      try {
        await wired.relay.start();
        const group = `${wired.topic}.shared`;
        const shared = () => wired.feed({ group: () => group, tail: QUICK });
        const feed = shared();
        const reader = wired.follow(feed);
        await toBeLive(feed);
        const others: { feed: ReturnType<Wiring['feed']>; from: bigint; reader: ReturnType<Wiring['follow']> }[] = [];
        const left: typeof others = [];
        const { end } = writer(wired, 10);
        for (let rebalance = 0; rebalance < REBALANCES; rebalance += 1) {
          const leaving = others.length === 2 || (others.length > 0 && int(2) === 0) ? others.shift() : undefined;
          const before = wired.notices.length;
          if (leaving === undefined) {
            const from = (await wired.log.head('notes')).position;
            const joining = shared();
            others.push({ feed: joining, from, reader: wired.follow(joining, from) });
          } else {
            await leaving.feed.close();
            left.push(leaving);
          }
          if (others.length > 0)
            await eventually('the group has shared out anew', () =>
              wired.notices.slice(before).some(({ error }) => /^the group gave/.test(String((error as Error).message))),
            );
          else await toBeLive(feed);
        }
        for (const other of others) await other.feed.close();
        const all = await end();
        await toHaveSeen(reader, all, CATCH_UP_MS);
        for (const { from, reader: one } of [...others, ...left])
          await toHaveSeen(
            one,
            all.filter((position) => BigInt(position) > from),
            CATCH_UP_MS,
          );
        await recovered(wired, feed);
      } finally {
        await wired.close();
      }
    },
    DEADLINE_MS,
  );

  it(
    `seed ${SEED}: a broker that is killed, started again, stopped and continued: nothing is lost, then it serves again; row 12: what was appended meanwhile is in the topic once, in order`,
    async () => {
      const { int } = dice(SEED);
      let brokers: OwnBrokers | undefined;
      let wired: Wiring | undefined;
      try {
        brokers = await ownBrokers(1);
        const node = brokers.nodes[0];
        if (node === undefined) throw new RangeError('no broker');
        wired = wiring(db.pool, { brokers: brokers.brokers, sendTimeoutMs: 3_000 });
        await wired.relay.start();
        const feed = wired.feed({ tail: QUICK });
        const reader = wired.follow(feed);
        await toBeLive(feed, CATCH_UP_MS);
        const { end, written } = writer(wired, 20);
        await node.kill();
        const gone = performance.now();
        await eventually(
          'the relay says that it tries again',
          async () => (await wired?.relay.status())?.state === 'retrying',
          CATCH_UP_MS,
        );
        await eventually('the reader goes on by history', () => !feed.live('notes') && reader.at() > 0n, CATCH_UP_MS);
        const enough = written() + OUTAGE_EVENTS + int(OUTAGE_EVENTS);
        const isLong = () => written() >= enough && performance.now() - gone >= OUTAGE_MS;
        await eventually('the broker was away for a while', isLong, 20_000);
        await node.start();
        await recovered(wired, feed);
        const before = reader.at();
        node.stall();
        // Longer than a consumer may be silent: readers go on by history meanwhile.
        await eventually('the silence was noticed', () => !feed.live('notes'), 20_000);
        await eventually('the reader goes on', () => reader.at() > before, 20_000);
        node.resume();
        await recovered(wired, feed);
        const all = await end();
        await toHaveSeen(reader, all, CATCH_UP_MS);
        await recovered(wired, feed);
        expect(await wired.firstOccurrences()).toEqual(all);
      } finally {
        await wired?.close();
        await brokers?.stop();
      }
    },
    DEADLINE_MS,
  );

  it(
    `seed ${SEED}: of three brokers any one is killed: what was acknowledged is there, in order`,
    async () => {
      const { int } = dice(SEED);
      let brokers: OwnBrokers | undefined;
      let wired: Wiring | undefined;
      try {
        brokers = await ownBrokers(3);
        wired = wiring(db.pool, { brokers: brokers.brokers, replicationFactor: 3, sendTimeoutMs: 5_000 });
        await wired.relay.start();
        const feed = wired.feed({ tail: QUICK });
        const reader = wired.follow(feed);
        await toBeLive(feed, CATCH_UP_MS);
        const { end } = writer(wired, 20);
        const victim = brokers.nodes[int(3)];
        await victim?.kill();
        await recovered(wired, feed);
        const all = await end();
        await toHaveSeen(reader, all, CATCH_UP_MS);
        await recovered(wired, feed);
        expect(await wired.firstOccurrences()).toEqual(all);
      } finally {
        await wired?.close();
        await brokers?.stop();
      }
    },
    DEADLINE_MS,
  );
});
