import { describe, expect, it } from '@jest/globals';
import { StoreTimeout, StoreUnavailable, type AppendReceipt, type StoredEvent } from '@kontor/event-store';
import {
  all,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  takeUntil,
  wholeLog,
  type Fixture,
} from './event-store-contract-events.ts';
import { eventually } from './probe.ts';

const PROMPT_MS = 1_000;
const MAX_BREAKS = 50;

/** Asks again with the same events until the store answers, as a caller does who was told "unknown". */
async function appendUntilAnswered(append: () => Promise<AppendReceipt>): Promise<AppendReceipt> {
  return eventually('the store answers the append', async () => {
    try {
      return await append();
    } catch (error) {
      if (error instanceof StoreTimeout || error instanceof StoreUnavailable) return null;
      throw error;
    }
  });
}

export function faultContract(fixture: Fixture): void {
  describe('faults', () => {
    it('fault row 1: a lost acknowledgement leaves one copy, and the same append again has the same receipt', async () => {
      const { store, faults } = fixture();
      for (const expected of ['none', 'any'] as const) {
        const stream = newStream();
        const events = newEvents(3);
        await store.append(newStream(), 'none', [newEvent()]);
        faults.loseNextAnswer();
        const first = await appendUntilAnswered(() => store.append(stream, expected, events));
        const again = await store.append(stream, expected, events);
        expect(again).toEqual({ ...first, repeated: true });
        expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf(events));
      }
    });

    it('fault row 4: a silent store is a typed timeout in time, and reading back tells what became of the append', async () => {
      const { store, faults, appendTimeoutMs } = fixture();
      await store.append(newStream(), 'none', [newEvent()]);
      const speak = faults.silence();
      const before = performance.now();
      const appends = Array.from({ length: 5 }, () => ({ stream: newStream(), events: newEvents(2) }));
      const settled = await Promise.allSettled(
        appends.map(({ stream, events }) => store.append(stream, 'none', events)),
      );
      expect(performance.now() - before).toBeLessThan(appendTimeoutMs + PROMPT_MS);
      expect(settled.map((one) => one.status === 'rejected' && one.reason instanceof StoreTimeout)).toEqual(
        settled.map(() => true),
      );
      speak();
      for (const { stream, events } of appends) {
        await appendUntilAnswered(() => store.append(stream, 'none', events));
        expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf(events));
      }
      expect(await wholeLog(store)).toHaveLength(1 + appends.length * 2);
    });

    it('fault row 1: appends through breaking connections have each one effect', async () => {
      const { store, faults } = fixture();
      let writing = true;
      const breaker = (async () => {
        // Not for ever: on a busy machine nothing would ever get through between two breaks.
        for (let breaks = 0; writing && breaks < MAX_BREAKS; breaks += 1) {
          faults.breakConnections();
          await store.head().catch(() => undefined);
        }
      })();
      const appends = Array.from({ length: 60 }, () => ({ stream: newStream(), events: newEvents(2) }));
      await Promise.all(
        appends.map(({ stream, events }) => appendUntilAnswered(() => store.append(stream, 'none', events))),
      ).finally(() => {
        writing = false;
      });
      await breaker;
      const log = await eventually('the log can be read', () => wholeLog(store));
      expect(idsOf(log).sort()).toEqual(idsOf(appends.flatMap(({ events }) => events)).sort());
    });

    it('fault row 8: a subscription resumes by itself when its connections break, nothing lost and nothing twice', async () => {
      const { store, open, faults } = fixture();
      const other = await open();
      const stop = new AbortController();
      const batches = store.subscribe({ after: 0n, batchSize: 3, signal: stop.signal })[Symbol.asyncIterator]();
      const seen: StoredEvent[] = [];
      for (let n = 0; n < 8; n += 1) {
        await other.append(newStream(), 'none', newEvents(5));
        faults.breakConnections();
        seen.push(...(await takeUntil(batches, (_, events) => events.length >= 5)));
      }
      expect(seen).toEqual(await wholeLog(other));
      stop.abort();
      await other.close();
    });

    it('a subscription ends promptly when it is aborted while the store is silent', async () => {
      const { store, open, faults } = fixture();
      const other = await open();
      const stop = new AbortController();
      const batches = store.subscribe({ after: 0n, signal: stop.signal })[Symbol.asyncIterator]();
      await batches.next();
      const speak = faults.silence();
      await other.append(newStream(), 'none', [newEvent()]);
      const waiting = batches.next();
      const before = performance.now();
      stop.abort();
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(performance.now() - before).toBeLessThan(PROMPT_MS);
      speak();
      await other.close();
    });

    it('refuses appends once it is closed, and keeps what it had accepted', async () => {
      const { open } = fixture();
      const other = await open();
      const accepted = Array.from({ length: 20 }, () => other.append(newStream(), 'none', [newEvent()]));
      const closed = other.close();
      expect((await Promise.all(accepted)).map(({ revision }) => revision)).toEqual(accepted.map(() => 0n));
      await closed;
      await expect(other.append(newStream(), 'none', [newEvent()])).rejects.toThrow(StoreUnavailable);
    });
  });
}
