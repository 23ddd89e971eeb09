import { describe, expect, it } from '@jest/globals';
import type { EventFilter } from '@kontor/event-store';
import { all, idsOf, newEvent, newEvents, newStream, wholeLog, type Fixture } from './event-store-contract-events.ts';

export function readContract(fixture: Fixture): void {
  describe('reading a stream', () => {
    it('goes both ways, from any revision, up to a limit', async () => {
      const { store } = fixture();
      const stream = newStream();
      await store.append(newStream(), 'none', newEvents(3));
      await store.append(stream, 'none', newEvents(5));
      await store.append(newStream(), 'none', newEvents(3));
      await store.append(stream, 4n, newEvents(5));
      const revisions = async (options: Parameters<typeof store.readStream>[1]): Promise<number[]> =>
        (await all(store.readStream(stream, options))).map(({ revision }) => Number(revision));
      expect(await revisions({})).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await revisions({ from: 7n })).toEqual([7, 8, 9]);
      expect(await revisions({ from: 3n, limit: 2 })).toEqual([3, 4]);
      expect(await revisions({ from: 10n })).toEqual([]);
      expect(await revisions({ limit: 0 })).toEqual([]);
      expect(await revisions({ direction: 'backwards' })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
      expect(await revisions({ direction: 'backwards', limit: 1 })).toEqual([9]);
      expect(await revisions({ direction: 'backwards', from: 2n })).toEqual([2, 1, 0]);
      expect(await revisions({ direction: 'backwards', from: 99n, limit: 2 })).toEqual([9, 8]);
    });

    it('gives nothing for a stream that does not exist', async () => {
      const { store } = fixture();
      expect(await all(store.readStream(newStream()))).toEqual([]);
      expect(await all(store.readStream(newStream(), { direction: 'backwards' }))).toEqual([]);
    });

    it('gives long streams and large events whole, in pages', async () => {
      const { store } = fixture();
      const [long, large] = [newStream(), newStream()];
      const given = [...newEvents(1_000), ...newEvents(1_000), ...newEvents(500)];
      for (let at = 0; at < given.length; at += 500) {
        await store.append(long, at === 0 ? 'none' : BigInt(at - 1), given.slice(at, at + 500));
      }
      const big = Array.from({ length: 12 }, () => ({ ...newEvent(), data: Buffer.alloc(1_000_000, 'x') }));
      for (const [n, event] of big.entries()) await store.append(large, n === 0 ? 'none' : BigInt(n - 1), [event]);
      expect(idsOf(await all(store.readStream(long)))).toEqual(idsOf(given));
      expect(idsOf(await all(store.readStream(long, { direction: 'backwards' })))).toEqual(idsOf(given).reverse());
      expect(idsOf(await all(store.readStream(large)))).toEqual(idsOf(big));
      expect(idsOf(await wholeLog(store, 10_000))).toEqual(idsOf([...given, ...big]));
    });
  });

  describe('reading all', () => {
    it('gives every event once in the order of positions, from any position on', async () => {
      const { store } = fixture();
      const streams = [newStream('order'), newStream('quote'), newStream('order')];
      for (let n = 0; n < 30; n += 1) await store.append(streams[n % 3] ?? '', 'any', newEvents(2));
      const log = await wholeLog(store);
      expect(log).toHaveLength(60);
      const positions = log.map(({ position }) => position);
      expect(positions.every((position, n) => n === 0 || position > (positions[n - 1] ?? 0n))).toBe(true);
      expect(await wholeLog(store, 7)).toEqual(log);
      const after = positions[41] ?? 0n;
      expect((await store.readAll({ after, limit: 500 })).events).toEqual(log.slice(42));
      // From an event on, that one included: after the position before it, at which nothing need stand.
      expect((await store.readAll({ after: after - 1n, limit: 500 })).events).toEqual(log.slice(41));
      const ofStream = await all(store.readStream(streams[1] ?? ''));
      expect(log.filter(({ stream }) => stream === streams[1])).toEqual(ofStream);
    });

    it('says how far it looked, and whether that is the head', async () => {
      const { store } = fixture();
      expect(await store.readAll({ after: 0n, limit: 10 })).toEqual({
        events: [],
        position: 0n,
        recordedAt: null,
        atHead: true,
      });
      await store.append(newStream(), 'none', newEvents(4));
      const log = await wholeLog(store);
      const first = await store.readAll({ after: 0n, limit: 3 });
      expect(first).toEqual({
        events: log.slice(0, 3),
        position: log[2]?.position,
        recordedAt: log[2]?.recordedAt,
        atHead: false,
      });
      const head = await store.head();
      const rest = await store.readAll({ after: first.position, limit: 3 });
      expect(rest).toEqual({
        events: log.slice(3),
        position: head.position,
        recordedAt: head.recordedAt,
        atHead: true,
      });
      const nothing = await store.readAll({ after: head.position, limit: 3 });
      expect(nothing).toEqual({ events: [], position: head.position, recordedAt: head.recordedAt, atHead: true });
    });

    it('selects by prefixes of types and of streams; an empty list selects nothing', async () => {
      const { store } = fixture();
      const [order, quote] = ['order-1', 'quote-1'];
      await store.append(order, 'none', [newEvent('orders.OrderPlaced.v1'), newEvent('orders.OrderHeld.v1')]);
      await store.append(quote, 'none', [newEvent('orders.QuoteIssued.v1'), newEvent('orders.OrderPlaced.v2')]);
      const log = await wholeLog(store);
      const select = async (filter: EventFilter): Promise<number[]> => {
        const page = await store.readAll({ after: 0n, limit: 10, filter });
        expect({ ...page, events: [] }).toEqual({
          events: [],
          position: log[3]?.position,
          recordedAt: log[3]?.recordedAt,
          atHead: true,
        });
        return page.events.map(({ id }) => idsOf(log).indexOf(id));
      };
      expect(await select({})).toEqual([0, 1, 2, 3]);
      expect(await select({ typePrefixes: ['orders.OrderPlaced.'] })).toEqual([0, 3]);
      expect(await select({ typePrefixes: ['orders.OrderPlaced.v2', 'orders.Quote'] })).toEqual([2, 3]);
      expect(await select({ streamPrefixes: ['order-'] })).toEqual([0, 1]);
      expect(await select({ typePrefixes: ['orders.OrderPlaced.'], streamPrefixes: ['quote-'] })).toEqual([3]);
      expect(await select({ typePrefixes: [''] })).toEqual([0, 1, 2, 3]);
      // A prefix is a text, not a pattern.
      expect(await select({ streamPrefixes: ['%', '_rder-'] })).toEqual([]);
      expect(await select({ typePrefixes: [] })).toEqual([]);
      expect(await select({ streamPrefixes: [], typePrefixes: ['orders.'] })).toEqual([]);
    });

    it('fault row 7: reaches the head with a filter that matches nothing', async () => {
      const { store } = fixture();
      for (let n = 0; n < 4; n += 1) await store.append(newStream(), 'none', newEvents(600));
      const head = await store.head();
      let after = 0n;
      for (let reads = 0; ; reads += 1) {
        const page = await store.readAll({ after, limit: 100, filter: { typePrefixes: ['warranty.'] } });
        expect(page.events).toEqual([]);
        expect(page.position > after).toBe(true);
        after = page.position;
        if (page.atHead) break;
        expect(reads).toBeLessThan(2_400);
      }
      expect(after).toBe(head.position);
    });

    it('names its log, the same in every process', async () => {
      const { store, open } = fixture();
      const other = await open();
      const head = await store.head();
      expect(head).toEqual({ logId: expect.stringMatching(/^[0-9a-f-]{36}$/), position: 0n, recordedAt: null });
      await other.append(newStream(), 'none', [newEvent()]);
      expect((await store.head()).logId).toBe(head.logId);
      expect(await other.head()).toEqual(await store.head());
      await other.close();
    });
  });
}
