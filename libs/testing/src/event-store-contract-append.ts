import { describe, expect, it } from '@jest/globals';
import { WrongExpectedRevision, type ExpectedRevision } from '@kontor/event-store';
import {
  all,
  asGiven,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  wholeLog,
  type Fixture,
} from './event-store-contract-events.ts';

const WRITERS = 50;

export function appendContract(fixture: Fixture): void {
  const refusal = async (stream: string, expected: ExpectedRevision): Promise<bigint> => {
    const attempt = await fixture()
      .store.append(stream, expected, [newEvent()])
      .catch((error: unknown) => error);
    if (!(attempt instanceof WrongExpectedRevision)) throw new Error('the append was not refused', { cause: attempt });
    expect({ stream: attempt.stream, expected: attempt.expected }).toEqual({ stream, expected });
    return attempt.actual;
  };

  describe('append', () => {
    it('gives the revision and position of the last event, counted from revision 0', async () => {
      const { store } = fixture();
      const stream = newStream();
      const first = await store.append(stream, 'none', newEvents(3));
      const second = await store.append(stream, 2n, [newEvent()]);
      expect({ ...first, position: 0n }).toEqual({ revision: 2n, position: 0n, repeated: false });
      expect({ ...second, position: 0n }).toEqual({ revision: 3n, position: 0n, repeated: false });
      expect(second.position > first.position).toBe(true);
      const stored = await all(store.readStream(stream));
      expect(stored.map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n]);
      expect([stored[2]?.position, stored[3]?.position]).toEqual([first.position, second.position]);
    });

    it('accepts an expectation that holds', async () => {
      const { store } = fixture();
      const stream = newStream();
      const expectations: ExpectedRevision[] = ['none', 0n, 'any', 'exists', 3n];
      const revisions: bigint[] = [];
      for (const expected of expectations) {
        revisions.push((await store.append(stream, expected, [newEvent()])).revision);
      }
      expect(revisions).toEqual([0n, 1n, 2n, 3n, 4n]);
      expect((await store.append(newStream(), 'any', [newEvent()])).revision).toBe(0n);
    });

    it('refuses an expectation that does not hold, tells the true revision and writes nothing', async () => {
      const { store } = fixture();
      const stream = newStream();
      const missing = newStream();
      await store.append(stream, 'none', newEvents(2));
      expect(await refusal(stream, 'none')).toBe(1n);
      expect(await refusal(stream, 0n)).toBe(1n);
      expect(await refusal(stream, 7n)).toBe(1n);
      expect(await refusal(missing, 0n)).toBe(-1n);
      expect(await refusal(missing, 'exists')).toBe(-1n);
      expect((await wholeLog(store)).map((event) => event.stream)).toEqual([stream, stream]);
      expect(await all(store.readStream(missing))).toEqual([]);
    });

    it('keeps bytes and metadata exactly as they were given', async () => {
      const { store } = fixture();
      const everyByte = Buffer.from(Array.from({ length: 512 }, (_, n) => n % 256));
      const given = [
        { ...newEvent('orders.Ünïcode_Tested.v12'), data: everyByte },
        { ...newEvent(), data: Buffer.alloc(0) },
        { ...newEvent(), data: Buffer.from('{"b":1, "a":1.0, "b":2}') },
        {
          ...newEvent(),
          metadata: {
            occurredAt: '1999-12-31T23:59:59.999Z',
            actor: 'O\'Neil \\ "quoted" \u0000 \ud83d\ude00 {,}',
            origin: 'import' as const,
            commandId: 'c',
            requestHash: 'h',
            correlationId: 'r',
            causationId: 'k',
            reason: 'because\nof that',
            traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
            businessDate: '1999-12-31',
            subjects: ['s-1', 's-2'],
          },
        },
      ];
      const stream = `order-${'a\'b\\c"d,{e} ü 😀'}`;
      await store.append(stream, 'none', given);
      const stored = await all(store.readStream(stream));
      expect(stored.map(asGiven)).toEqual(given.map(asGiven));
      expect(stored.map((event) => event.stream)).toEqual(given.map(() => stream));
      expect((await wholeLog(store)).map(asGiven)).toEqual(given.map(asGiven));
    });

    it('writes the events of an append together: a reader sees all of them or none', async () => {
      const { store } = fixture();
      const streams = Array.from({ length: 20 }, () => newStream());
      let writing = true;
      const writers = Promise.all(streams.map((stream) => store.append(stream, 'none', newEvents(5)))).finally(() => {
        writing = false;
      });
      const counts = new Set<number>();
      while (writing) {
        for (const stream of streams.slice(0, 3)) counts.add((await all(store.readStream(stream))).length);
      }
      await writers;
      expect([...counts].filter((count) => count !== 0 && count !== 5)).toEqual([]);
      const log = await wholeLog(store);
      for (let at = 0; at < log.length; at += 5) {
        expect(new Set(log.slice(at, at + 5).map((event) => event.stream)).size).toBe(1);
      }
      await expect(store.append(streams[0] ?? '', 1n, newEvents(3))).rejects.toThrow(WrongExpectedRevision);
      expect(await all(store.readStream(streams[0] ?? ''))).toHaveLength(5);
    });

    it('judges each of many appends at once by itself', async () => {
      const { store } = fixture();
      const taken = newStream();
      await store.append(taken, 'none', [newEvent()]);
      const settled = await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) =>
          n % 4 === 0 ? store.append(taken, 'none', [newEvent()]) : store.append(newStream(), 'none', newEvents(2)),
        ),
      );
      expect(settled.map(({ status }, n) => status === (n % 4 === 0 ? 'rejected' : 'fulfilled'))).toEqual(
        settled.map(() => true),
      );
      expect(await wholeLog(store)).toHaveLength(1 + 30 * 2);
    });

    it('fault row 2: lets fifty writers add to one stream: dense revisions, every loser told the truth', async () => {
      const { store, open } = fixture();
      const other = await open();
      const stream = newStream();
      const mine = newEvents(WRITERS);
      await Promise.all(
        mine.map(async (event, n) => {
          const through = n % 2 === 0 ? store : other;
          for (let expected: ExpectedRevision = 'none'; ;) {
            try {
              await through.append(stream, expected, [event]);
              return;
            } catch (error) {
              if (!(error instanceof WrongExpectedRevision)) throw error;
              // The truth was told when it is above what was expected: nobody takes an event back.
              if (error.actual <= (expected === 'none' ? -1n : expected)) throw error;
              expected = error.actual;
            }
          }
        }),
      );
      const stored = await all(store.readStream(stream));
      expect(stored.map(({ revision }) => revision)).toEqual(mine.map((_, n) => BigInt(n)));
      expect(idsOf(stored).sort()).toEqual(idsOf(mine).sort());
      await other.close();
    });

    it('fault row 18: stamps recorded times that never fall, in UTC with microseconds', async () => {
      const { store, open } = fixture();
      const other = await open();
      for (let n = 0; n < 20; n += 1) {
        await Promise.all([store, other].map((one) => one.append(newStream(), 'none', newEvents(2))));
      }
      const log = await wholeLog(store);
      const times = log.map(({ recordedAt }) => recordedAt);
      expect(times.filter((time) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(time))).toEqual([]);
      expect(times).toEqual([...times].sort());
      expect((await store.head()).recordedAt).toBe(times.at(-1));
      await other.close();
    });
  });
}
