import { describe, expect, it } from '@jest/globals';
import type { StoredEvent, SubscriptionBatch } from '@kontor/event-store';
import { all, idsOf, newEvents, newStream, takeUntil, wholeLog, type Fixture } from './event-store-contract-events.ts';

/** A subscription that was told to end has this long: less than a person notices. */
const PROMPT_MS = 1_000;

export function subscribeContract(fixture: Fixture): void {
  const subscribe = (
    options: Omit<Parameters<ReturnType<Fixture>['store']['subscribe']>[0], 'signal'> & { signal?: AbortSignal },
  ): { batches: AsyncIterator<SubscriptionBatch>; stop: AbortController } => {
    const stop = new AbortController();
    const batches = fixture().store.subscribe({ signal: stop.signal, ...options });
    return { batches: batches[Symbol.asyncIterator](), stop };
  };

  describe('a subscription', () => {
    it('says that it has caught up, on an empty log and at the end of a full one', async () => {
      const { store } = fixture();
      const { batches, stop } = subscribe({ after: 0n, batchSize: 4 });
      const empty = { events: [], position: 0n, recordedAt: null, atHead: true, caughtUp: true };
      expect(await batches.next()).toEqual({ done: false, value: empty });
      await store.append(newStream(), 'none', newEvents(10));
      const seen: SubscriptionBatch[] = [];
      while (seen.at(-1)?.caughtUp !== true) seen.push((await batches.next()).value as SubscriptionBatch);
      expect(seen.map(({ events, caughtUp }) => [events.length, caughtUp])).toEqual([
        [4, false],
        [4, false],
        [2, true],
      ]);
      expect(seen.flatMap(({ events }) => events)).toEqual(await wholeLog(store));
      stop.abort();
    });

    it('goes on with what is appended later, by this process and by others', async () => {
      const { store, open } = fixture();
      const other = await open();
      await store.append(newStream(), 'none', newEvents(3));
      const { batches, stop } = subscribe({ after: 0n });
      const seen = await takeUntil(batches, ({ caughtUp }) => caughtUp);
      for (let n = 0; n < 10; n += 1) {
        await (n % 2 === 0 ? store : other).append(newStream(), 'none', newEvents(2));
        seen.push(...(await takeUntil(batches, (_, events) => events.length === 2)));
      }
      expect(seen).toEqual(await wholeLog(store));
      stop.abort();
      await other.close();
    });

    it('resumes after any position with what is behind it, nothing twice', async () => {
      const { store } = fixture();
      await store.append(newStream(), 'none', newEvents(25));
      const log = await wholeLog(store);
      const seen: StoredEvent[] = [];
      let after = 0n;
      while (seen.length < log.length) {
        const { batches, stop } = subscribe({ after, batchSize: 4 });
        const { value } = await batches.next();
        const batch = value as SubscriptionBatch;
        seen.push(...batch.events);
        after = batch.position;
        stop.abort();
      }
      expect(seen).toEqual(log);
    });

    it('reads only when it is asked: what a slow consumer has not taken was not fetched', async () => {
      const { store } = fixture();
      await store.append(newStream(), 'none', newEvents(10));
      const { batches, stop } = subscribe({ after: 0n, batchSize: 5 });
      expect(((await batches.next()).value as SubscriptionBatch).events).toHaveLength(5);
      await store.append(newStream(), 'none', newEvents(10));
      // Read in advance, this would be the end of a log of ten; it is the middle of one of twenty.
      const second = (await batches.next()).value as SubscriptionBatch;
      expect([second.events.length, second.atHead, second.caughtUp]).toEqual([5, false, false]);
      stop.abort();
    });

    it('moves on over what its filter leaves out, up to the head', async () => {
      const { store } = fixture();
      const { batches, stop } = subscribe({ after: 0n, filter: { typePrefixes: ['warranty.'] } });
      await takeUntil(batches, ({ caughtUp }) => caughtUp);
      for (let n = 0; n < 3; n += 1) {
        await store.append(newStream(), 'none', newEvents(40));
        const head = await store.head();
        const matched = await takeUntil(batches, (batch) => batch.caughtUp && batch.position === head.position);
        expect(matched).toEqual([]);
      }
      const wanted = newEvents(2, 'warranty.ClaimOpened.v1');
      await store.append(newStream(), 'none', wanted);
      expect(idsOf(await takeUntil(batches, (_, seen) => seen.length > 0))).toEqual(idsOf(wanted));
      stop.abort();
    });

    it('never says a position whose events it has not given', async () => {
      const { store, open } = fixture();
      const other = await open();
      const { batches, stop } = subscribe({ after: 0n, batchSize: 7, filter: { streamPrefixes: ['order-'] } });
      const seen: StoredEvent[] = [];
      const given: { position: bigint; count: number }[] = [];
      const reader = takeUntil(batches, (batch, events) => {
        given.push({ position: batch.position, count: events.length });
        return events.length === 200;
      }).then((events) => seen.push(...events));
      for (let n = 0; n < 20; n += 1) {
        await Promise.all([
          store.append(newStream('order'), 'none', newEvents(5)),
          other.append(newStream('order'), 'none', newEvents(5)),
          other.append(newStream('quote'), 'none', newEvents(5)),
        ]);
      }
      await reader;
      const log = (await wholeLog(store)).filter(({ stream }) => stream.startsWith('order-'));
      expect(seen).toEqual(log);
      for (const { position, count } of given) {
        expect(log.filter((event) => event.position <= position)).toHaveLength(count);
      }
      stop.abort();
      await other.close();
    });

    it('ends promptly and without an error when it is aborted: before, while waiting, and by close', async () => {
      const { store, open } = fixture();
      const aborted = store.subscribe({ after: 0n, signal: AbortSignal.abort() });
      expect(await all(aborted)).toEqual([]);
      const { batches, stop } = subscribe({ after: 0n });
      await batches.next();
      const waiting = batches.next();
      const before = performance.now();
      stop.abort();
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(performance.now() - before).toBeLessThan(PROMPT_MS);
      const other = await open();
      const open2 = other.subscribe({ after: 0n, signal: new AbortController().signal })[Symbol.asyncIterator]();
      await open2.next();
      const closing = open2.next();
      await other.close();
      expect(await closing).toEqual({ done: true, value: undefined });
    });
  });
}
