import { describe, expect, it } from '@jest/globals';
import { type CloudEvent, PARTITIONS, partitionOf } from '@kontor/kernel';
import { dice } from '@kontor/testing';
import fc from 'fast-check';
import type { FeedRecord } from './records.ts';
import { TailBuffer } from './tail-buffer.ts';
import { TailMerge } from './tail-merge.ts';

const LOG = 'a-log';
const START = { logId: LOG, position: 0n, recordedAt: null };

function eventAt(position: number, previous: number, subject = `note-${position}`): FeedRecord & { kind: 'event' } {
  const event = { subject, partition: partitionOf(subject, PARTITIONS), logid: LOG, recordedat: `at ${position}` };
  // The merge looks at nothing else.
  return {
    kind: 'event',
    event: { ...event, position: String(position), previousposition: String(previous) } as unknown as CloudEvent,
  };
}

function watermark(position: number, previous: number): FeedRecord {
  const recordedAt = `at ${position}`;
  return {
    kind: 'watermark',
    watermark: { logId: LOG, position: String(position), previous: String(previous), recordedAt },
  };
}

/** What a relay writes to each partition: events with their true predecessors, a watermark now and then, and at the end. */
function topic(events: readonly { readonly position: number; readonly key: number }[], every: number): FeedRecord[][] {
  const partitions: FeedRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  const previous = Array.from({ length: PARTITIONS }, () => 0);
  const toAll = (position: number) => {
    partitions.forEach((records, partition) => records.push(watermark(position, previous[partition] ?? 0)));
  };
  events.forEach(({ position, key }, index) => {
    const partition = partitionOf(`note-${key}`, PARTITIONS);
    partitions[partition]?.push(eventAt(position, previous[partition] ?? 0, `note-${key}`));
    previous[partition] = position;
    if (index % every === 0) toAll(position);
  });
  toAll(events.at(-1)?.position ?? 0);
  return partitions;
}

describe('X-02: partitions merged back into the order of the log', () => {
  it('any interleaving, with any stretch sent again, gives every event once and in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ step: fc.integer({ min: 1, max: 4 }), key: fc.integer({ min: 0, max: 9 }) }), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer(),
        (steps, every, seed) => {
          let position = 0;
          const events = steps.map(({ step, key }) => ({ position: (position += step), key }));
          const { int } = dice(seed);
          const partitions = topic(events, every).map((records) => {
            const cut = int(records.length + 1);
            const back = int(cut + 1);
            return [...records.slice(0, cut), ...records.slice(back)];
          });
          const merge = new TailMerge(START);
          const seen: string[] = [];
          while (partitions.some((records) => records.length > 0)) {
            const partition = int(PARTITIONS);
            const record = partitions[partition]?.shift();
            if (record === undefined) continue;
            expect(merge.take(partition, record)).toMatch(/^(taken|repeated)$/);
            seen.push(...(merge.release()?.events ?? []).map((event) => event.position));
          }
          expect(seen).toEqual(events.map((event) => String(event.position)));
        },
      ),
    );
  });

  it('any record that is lost is noticed at the next one of its partition', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        (keys, choice) => {
          const events = keys.map((key, index) => ({ position: index + 1, key }));
          const lost = events[choice % events.length] as { position: number; key: number };
          const partition = partitionOf(`note-${lost.key}`, PARTITIONS);
          const records = topic(events, 1_000)[partition] as FeedRecord[];
          const index = records.findIndex((it) => it.kind === 'event' && it.event.position === String(lost.position));
          const merge = new TailMerge(START);
          // The last one is noticed too: the watermark behind it names it.
          const taken = records.filter((_, at) => at !== index).map((record) => merge.take(partition, record));
          expect(taken).toContain('hole');
        },
      ),
    );
  });

  it('passes over what lies at or below the head that it began at, and what is of another log', () => {
    const merge = new TailMerge({ ...START, position: 10n });
    const { event } = eventAt(11, 10);
    expect(merge.take(event.partition, eventAt(11, 11, event.subject))).toBe('hole');
    expect(merge.take(event.partition, eventAt(10, 3, event.subject))).toBe('repeated');
    expect(merge.take(event.partition, { kind: 'event', event: { ...event, logid: 'another' } })).toBe('foreign');
    expect(merge.release()).toBeUndefined();
    for (let partition = 0; partition < PARTITIONS; partition += 1) merge.take(partition, watermark(12, 10));
    expect(merge.release()).toEqual({ events: [], position: 12n, recordedAt: 'at 12' });
  });
});

describe('the tail that consumers share', () => {
  const filled = (capacity: number) => {
    const buffer = new TailBuffer({ ...START, position: 2n }, capacity);
    for (let position = 3; position <= 9; position += 1) {
      const { event } = eventAt(position, 0);
      buffer.add({ events: [event], position: BigInt(position), recordedAt: event.recordedat });
    }
    return buffer;
  };

  it('gives what comes after a position, and says where its end is', () => {
    const buffer = filled(100);
    const page = buffer.after(5n, 2);
    expect(page?.events.map(({ position }) => position)).toEqual(['6', '7']);
    expect(page).toMatchObject({ position: 7n, recordedAt: 'at 7', atEnd: false, ahead: false });
    expect(buffer.after(7n, 2)).toMatchObject({ position: 9n, atEnd: true });
    expect(buffer.after(9n, 2)).toMatchObject({ events: [], position: 9n, atEnd: true, ahead: false });
    expect(buffer.after(2n, 100)?.events).toHaveLength(7);
  });

  it('has nothing for who is behind its start, and says who is ahead', () => {
    expect(filled(100).after(1n, 10)).toBeUndefined();
    expect(filled(100).after(10n, 10)).toMatchObject({ events: [], position: 10n, ahead: true });
  });

  it('forgets the oldest beyond its capacity', () => {
    const buffer = filled(4);
    expect(buffer.after(2n, 10)).toBeUndefined();
    expect(buffer.after(5n, 10)?.events.map(({ position }) => position)).toEqual(['6', '7', '8', '9']);
  });
});
