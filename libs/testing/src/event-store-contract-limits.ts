import { describe, expect, it } from '@jest/globals';
import { AppendTooLarge, EventTooLarge, InvalidAppend, type NewEvent } from '@kontor/event-store';
import { all, metadata, newEvent, newStream, wholeLog, type Fixture } from './event-store-contract-events.ts';

const MAX_APPEND_BYTES = 1_048_576;
const MAX_EVENTS = 10_000;

/** An event of exactly this size: data, metadata, and two bytes for each UTF-16 unit of the type. */
function eventOf(bytes: number): NewEvent {
  const event = newEvent('orders.Größe😀.v1');
  const rest = Buffer.byteLength(JSON.stringify(metadata)) + 2 * event.type.length;
  return { ...event, data: Buffer.alloc(bytes - rest, 'x') };
}

export function limitContract(fixture: Fixture): void {
  describe('limits', () => {
    it('takes an append of exactly 1 MiB and refuses one byte more', async () => {
      const { store } = fixture();
      const half = MAX_APPEND_BYTES / 2;
      const stream = newStream();
      await store.append(stream, 'none', [eventOf(half), eventOf(half)]);
      await expect(store.append(stream, 1n, [eventOf(half), eventOf(half + 1)])).rejects.toEqual(
        new AppendTooLarge(stream, MAX_APPEND_BYTES + 1, MAX_APPEND_BYTES),
      );
      expect((await all(store.readStream(stream))).map(({ data }) => data.byteLength)).toEqual([
        eventOf(half).data.byteLength,
        eventOf(half).data.byteLength,
      ]);
    });

    it('refuses a single event that no append can hold', async () => {
      const { store } = fixture();
      const stream = newStream();
      const event = eventOf(MAX_APPEND_BYTES + 1);
      await expect(store.append(stream, 'none', [event])).rejects.toEqual(
        new EventTooLarge(stream, event.type, MAX_APPEND_BYTES + 1, MAX_APPEND_BYTES),
      );
    });

    it('refuses what no store can keep, and nothing beside it suffers', async () => {
      const { store } = fixture();
      const good = newEvent();
      const bad: [string, NewEvent[]][] = [
        ['', [good]],
        ['order-\u0000', [good]],
        ['order-\ud800', [good]],
        [`order-${'x'.repeat(1_000)}`, [good]],
        [newStream(), []],
        [newStream(), Array.from({ length: MAX_EVENTS + 1 }, () => ({ ...good, data: Buffer.alloc(0) }))],
        [newStream(), [{ ...good, id: 'not-an-id' }]],
        [newStream(), [{ ...good, type: '' }]],
        [newStream(), [{ ...good, type: 'a\u0000' }]],
      ];
      const neighbour = newStream();
      const [kept, ...refused] = await Promise.allSettled([
        store.append(neighbour, 'none', [good]),
        ...bad.map(([stream, events]) => store.append(stream, 'none', events)),
        store.append(newStream(), -1n, [good]),
      ]);
      expect(kept.status).toBe('fulfilled');
      expect(refused.map((one) => one.status === 'rejected' && one.reason instanceof InvalidAppend)).toEqual(
        refused.map(() => true),
      );
      expect((await wholeLog(store)).map(({ stream }) => stream)).toEqual([neighbour]);
    });
  });
}
