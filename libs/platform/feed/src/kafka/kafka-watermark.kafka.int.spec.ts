import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { note, whisper } from '@kontor/testing/feed-contract';
import type { Watermark } from '../feed.ts';
import { WATERMARK_EVERY_MS } from './kafka.config.ts';
import { toBeLive, type Wiring, wiring } from './kafka.scenarios.ts';

/** From one watermark of the relay to the next, an idle feed's second, and what brokers, consumer and a busy machine take. */
const WITHIN_MS = WATERMARK_EVERY_MS + 2_400;
/** Longer than any test waits. */
const NEVER_MS = 3_600_000;

let db: TestDatabase;
let wired: Wiring;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => {
  await db.drop();
});
beforeEach(() => {
  // No burst: what comes right behind an event waits for the interval.
  wired = wiring(db.pool, { watermarkEveryMs: WATERMARK_EVERY_MS, watermarkBurst: 1 });
});
afterEach(async () => {
  await wired.close();
});

/** Every watermark that a reader of the topic is given. */
function watermarks() {
  const abort = new AbortController();
  const seen: Watermark[] = [];
  const feed = wired.feed();
  const done = (async () => {
    const { signal } = abort;
    for await (const { watermark } of feed.read({ service: 'notes', after: 0n, follow: true, signal }))
      seen.push(watermark);
  })();
  return {
    feed,
    seen,
    async stop() {
      abort.abort();
      await done;
    },
  };
}

it('X-02: over Kafka a reader is at the head within a second or so, published or not, and hears when that was recorded', async () => {
  await wired.append(5);
  await wired.relay.start();
  const reader = watermarks();
  await toBeLive(reader.feed);
  const took: number[] = [];
  try {
    // How many idle watermarks come before each: one a second, where the relay's own interval is a tenth of that.
    for (const [rest, event] of [
      [2, note('after a pause')],
      [2, whisper()],
      [0, note('at once behind it')],
      [0, whisper()],
      [1, note('and a moment later')],
    ] as const) {
      const rested = reader.seen.length + rest;
      await eventually('nothing has come for a while', () => reader.seen.length >= rested, 2 * WITHIN_MS);
      const begun = performance.now();
      const { position } = await wired.source.store.append('note-1', 'any', [event]);
      const { recordedAt } = await wired.log.head('notes');
      const there = () => reader.seen.find((watermark) => watermark.position >= position);
      expect((await eventually('the head is reached', there)).recordedAt).toBe(recordedAt);
      took.push(Math.round(performance.now() - begun));
    }
    expect(took.filter((ms) => ms > WITHIN_MS)).toEqual([]);
    // And while nothing comes, it is told so.
    const before = reader.seen.length;
    await eventually('an idle watermark', () => reader.seen.length > before, WITHIN_MS);
    expect(reader.seen.at(-1)?.recordedAt).toBe((await wired.log.head('notes')).recordedAt);
    expect(wired.notices.filter(({ kind }) => kind === 'back-to-history')).toEqual([]);
  } finally {
    await reader.stop();
  }
});

it('X-02: over Kafka what comes after a rest waits for no interval, however close behind each other', async () => {
  const relay = { watermarkEveryMs: NEVER_MS, watermarkBurst: 20 };
  const hasty = wiring(db.pool, relay);
  try {
    await hasty.relay.start();
    const feed = hasty.feed();
    const follower = hasty.follow(feed);
    await toBeLive(feed);
    for (const event of [whisper(), note('the first'), whisper(), note('the second'), note('the third')]) {
      const { position } = await hasty.source.store.append('note-1', 'any', [event]);
      await eventually('the event is there', () => follower.at() >= position);
    }
    expect(follower.positions).toEqual(['2', '4', '5']);
    expect(hasty.notices.filter(({ kind }) => kind === 'back-to-history')).toEqual([]);
  } finally {
    await hasty.close();
  }
});
