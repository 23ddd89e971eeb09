import { describe, expect, it } from '@jest/globals';
import { WrongExpectedRevision, type AppendReceipt, type ExpectedRevision } from '@kontor/event-store';
import { all, idsOf, newEvent, newEvents, newStream, wholeLog, type Fixture } from './event-store-contract-events.ts';

/** Events from the end of a stream in which `any` and `exists` recognise a repetition. */
const WINDOW = 1_000;

/**
 * A store may not know that another process has just written the very same events (see AppendReceipt.repeated). So the adapters here
 * are of one process, or the log is looked at before.
 */
export function repeatContract(fixture: Fixture): void {
  const repeated = (receipt: AppendReceipt): AppendReceipt => ({ ...receipt, repeated: true });

  describe('a repeated append', () => {
    it('gives the first receipt for none and for an exact revision, however much came after', async () => {
      const { store, open } = fixture();
      const stream = newStream();
      const [first, second] = [newEvents(2), newEvents(3)];
      const one = await store.append(stream, 'none', first);
      const two = await store.append(stream, 1n, second);
      for (let revision = 4n; revision < 1_200n; revision += 100n) {
        await store.append(stream, revision, newEvents(100));
      }
      expect(await store.append(stream, 'none', first)).toEqual(repeated(one));
      expect(await store.append(stream, 1n, second)).toEqual(repeated(two));
      const restarted = await open();
      expect(await restarted.append(stream, 1n, second)).toEqual(repeated(two));
      await restarted.close();
      expect(await wholeLog(store)).toHaveLength(5 + 1_200);
    });

    it('fault row 3: has one effect when the same append is sent five times at once', async () => {
      const { store, open } = fixture();
      const other = await open();
      const expectations: ExpectedRevision[] = ['none', 1n, 'any', 'exists'];
      const stream = newStream();
      for (const expected of expectations) {
        const events = newEvents(2);
        const receipts = await Promise.all(
          [store, other, store, other, store].map((one) => one.append(stream, expected, events)),
        );
        expect(new Set(receipts.map(({ revision }) => revision)).size).toBe(1);
        expect(new Set(receipts.map(({ position }) => position)).size).toBe(1);
        expect(receipts.filter((receipt) => !receipt.repeated)).toHaveLength(1);
      }
      const stored = await all(store.readStream(stream));
      expect(stored).toHaveLength(expectations.length * 2);
      expect(new Set(idsOf(stored)).size).toBe(stored.length);
      await other.close();
    });

    it('is told as one by whoever has seen its events in the log, whoever wrote them', async () => {
      const { store, open } = fixture();
      const other = await open();
      await store.append(newStream(), 'none', [newEvent()]);
      for (const look of [() => store.head(), () => wholeLog(store)]) {
        const [stream, events] = [newStream(), newEvents(2)];
        const first = await other.append(stream, 'none', events);
        await look();
        expect(await store.append(stream, 'none', events)).toEqual(repeated(first));
      }
      await other.close();
    });

    it('recognises the beginning of an append, and refuses one that goes on differently', async () => {
      const { store } = fixture();
      const stream = newStream();
      const events = newEvents(3);
      const [first, second] = events;
      if (first === undefined || second === undefined) throw new Error('three events are more than two');
      await store.append(stream, 'none', events);
      expect((await store.append(stream, 'none', [first, second])).revision).toBe(1n);
      for (const other of [[...events, newEvent()], [first, newEvent()], [second, first], [newEvent()]]) {
        await expect(store.append(stream, 'none', other)).rejects.toThrow(WrongExpectedRevision);
      }
      // The same ids under another expectation are another request.
      await expect(store.append(stream, 1n, events)).rejects.toThrow(WrongExpectedRevision);
      expect(await wholeLog(store)).toHaveLength(3);
    });

    it('knows an event id only within its stream', async () => {
      const { store } = fixture();
      const events = newEvents(2);
      for (const expected of ['none', 'any', 'none', 'any'] as const) {
        expect((await store.append(newStream(), expected, events)).repeated).toBe(false);
      }
      expect(await wholeLog(store)).toHaveLength(8);
    });

    it('is recognised under any and exists within the last thousand events, and no further', async () => {
      const { store } = fixture();
      for (const expected of ['any', 'exists'] as const) {
        const stream = newStream();
        await store.append(stream, 'none', [newEvent()]);
        const events = newEvents(2);
        const receipt = await store.append(stream, expected, events);
        await store.append(stream, 2n, newEvents(WINDOW - 2));
        expect(await store.append(stream, expected, events)).toEqual(repeated(receipt));
        await store.append(stream, BigInt(WINDOW), newEvents(2));
        const again = await store.append(stream, expected, events);
        expect({ ...again, position: 0n }).toEqual({ revision: BigInt(WINDOW + 4), position: 0n, repeated: false });
      }
    });

    it('is refused under any when only a part of it is there', async () => {
      const { store } = fixture();
      const stream = newStream();
      const events = newEvents(2);
      await store.append(stream, 'any', events);
      await expect(store.append(stream, 'any', [...events, newEvent()])).rejects.toThrow(WrongExpectedRevision);
      expect(await all(store.readStream(stream))).toHaveLength(2);
    });
  });
}
