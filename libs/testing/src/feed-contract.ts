import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NewEvent } from '@kontor/event-store';
import type { Feed, FeedBatch, LogSource, Publication } from '@kontor/feed';
import { type CloudEvent, defineCodec, PARTITIONS, partitionOf } from '@kontor/kernel';
import { MemoryLog } from './feed-contract-log.ts';

export { MemoryLog };

/** What a feed adapter is tested with: the log behind it, and a way to break and mend the way between. */
export interface FeedUnderTest {
  readonly feed: Feed;
  readonly close: () => Promise<void>;
}

/** The service of the suite: notes are published, whispers are not. */
export const notesPublication: Publication = {
  service: 'notes',
  publish: ({ type, data }) =>
    type === 'NoteTaken' ? { contract: 'kontor.notes.note-taken.v1', data: { text: data.text } } : undefined,
};

const notesCodec = defineCodec('notes', {
  NoteTaken: { version: 2, upcasts: { 1: (data) => ({ text: data.words }) } },
  WhisperHeard: { version: 1 },
});

export function notesSource(store = new MemoryLog()): LogSource & { readonly store: MemoryLog } {
  return { store, publication: notesPublication, codecs: [notesCodec] };
}

export function note(text: string, metadata: Partial<NewEvent['metadata']> = {}): NewEvent {
  return stored('notes.NoteTaken.v2', { text }, metadata);
}

export function whisper(): NewEvent {
  return stored('notes.WhisperHeard.v1', {}, {});
}

export function stored(type: string, data: object, metadata: Partial<NewEvent['metadata']>): NewEvent {
  return {
    id: randomUUID(),
    type,
    data: Buffer.from(JSON.stringify(data)),
    metadata: {
      occurredAt: '2026-11-21T10:00:00.000Z',
      actor: 'somebody',
      origin: 'person',
      commandId: randomUUID(),
      requestHash: 'hash',
      correlationId: randomUUID(),
      ...metadata,
    },
  };
}

/** Every adapter of the feed port passes this suite unchanged. */
export function feedContract(name: string, open: (source: LogSource) => Promise<FeedUnderTest>): void {
  describe(`feed contract: ${name}`, () => {
    let source: ReturnType<typeof notesSource>;
    let underTest: FeedUnderTest;
    let abort: AbortController;

    beforeEach(async () => {
      source = notesSource();
      abort = new AbortController();
      underTest = await open(source);
    });
    afterEach(async () => {
      abort.abort();
      await underTest.close();
    });

    const read = (after: bigint, options: { batchSize?: number; logId?: string; follow?: boolean } = {}) =>
      underTest.feed.read({ service: 'notes', after, follow: false, signal: abort.signal, ...options });

    const append = async (stream: string, ...events: NewEvent[]) => {
      await source.store.append(stream, 'any', events);
      return events;
    };

    it('gives the contracts of a log in order, from the first event, and ends at the head', async () => {
      await append('note-1', note('a'), note('b'));
      await append('note-2', note('c'));
      const { events, batches } = await drained(read(0n));
      expect(events.map(({ position, subject, data }) => ({ position, subject, data }))).toEqual([
        { position: '1', subject: 'note-1', data: { text: 'a' } },
        { position: '2', subject: 'note-1', data: { text: 'b' } },
        { position: '3', subject: 'note-2', data: { text: 'c' } },
      ]);
      const last = batches.at(-1);
      expect(last?.watermark.position).toBe(3n);
      expect(last?.watermark.recordedAt).toBe(events.at(-1)?.recordedat);
      expect(last?.caughtUp).toBe(true);
      expect(batches.map(({ logId }) => logId)).toEqual(batches.map(() => source.store.logId));
    });

    it('gives every field of an event that a consumer may rely on', async () => {
      const metadata = {
        businessDate: '2026-11-20',
        reason: 'because',
        causationId: randomUUID(),
        traceparent: '00-1-2-03',
      };
      const [taken] = (await append('note-1', note('a', metadata))) as [NewEvent];
      const { events } = await drained(read(0n));
      const expected: CloudEvent = {
        specversion: '1.0',
        id: taken.id,
        source: '/kontor/notes',
        type: 'kontor.notes.note-taken.v1',
        subject: 'note-1',
        time: '2026-11-21T10:00:00.000Z',
        datacontenttype: 'application/json',
        logid: source.store.logId,
        position: '1',
        previousposition: '0',
        partition: partitionOf('note-1', PARTITIONS),
        revision: 0,
        recordedat: (await source.store.head()).recordedAt as string,
        businessdate: '2026-11-20',
        actor: 'somebody',
        reason: 'because',
        origin: 'person',
        commandid: taken.metadata.commandId,
        correlationid: taken.metadata.correlationId,
        causationid: metadata.causationId,
        traceparent: '00-1-2-03',
        data: { text: 'a' },
      };
      expect(events).toEqual([expected]);
    });

    it('publishes what was stored under an older version in the present shape', async () => {
      await append('note-1', stored('notes.NoteTaken.v1', { words: 'old' }, {}));
      const { events } = await drained(read(0n));
      expect(events.map(({ data }) => data)).toEqual([{ text: 'old' }]);
    });

    it('goes on from any position without a gap or a repetition', async () => {
      for (let index = 1; index <= 7; index += 1) await append(`note-${index % 3}`, note(String(index)));
      const all = (await drained(read(0n))).events.map(({ id }) => id);
      for (let after = 0; after <= 7; after += 1) {
        const { events } = await drained(read(BigInt(after), { batchSize: 2 }));
        expect(events.map(({ id }) => id)).toEqual(all.slice(after));
      }
    });

    it('names the record before in its partition, and never one above the position that was read after', async () => {
      for (let index = 1; index <= 40; index += 1) await append(`note-${index % 5}`, note(String(index)), whisper());
      for (const after of [0n, 1n, 17n, 40n]) {
        const { events } = await drained(read(after, { batchSize: 7 }));
        const last = new Map<number, string>();
        for (const event of events) {
          expect(event.previousposition).toBe(last.get(event.partition) ?? String(after));
          last.set(event.partition, event.position);
        }
      }
    });

    it('moves its watermark over a stretch that is not published', async () => {
      await append('note-1', note('a'));
      for (let index = 0; index < 20; index += 1) await append('whisper-1', whisper());
      const { events, batches } = await drained(read(0n, { batchSize: 5 }));
      expect(events).toHaveLength(1);
      expect(batches.at(-1)?.watermark.position).toBe(21n);
      expect(batches.at(-1)?.caughtUp).toBe(true);
    });

    it('says that it has caught up with a log that is empty', async () => {
      const { batches } = await drained(read(0n));
      expect(batches).toEqual([
        {
          service: 'notes',
          logId: source.store.logId,
          events: [],
          watermark: { position: 0n, recordedAt: null },
          caughtUp: true,
        },
      ]);
    });

    it('gives batches of at most the size that was asked for, each with the watermark of what it holds', async () => {
      for (let index = 1; index <= 11; index += 1) await append('note-1', note(String(index)));
      const { batches } = await drained(read(0n, { batchSize: 4 }));
      for (const batch of batches) {
        expect(batch.events.length).toBeLessThanOrEqual(4);
        const last = batch.events.at(-1);
        if (last !== undefined) expect(batch.watermark.position).toBe(BigInt(last.position));
      }
    });

    it('follows: gives what is appended later, and ends when it is aborted', async () => {
      await append('note-1', note('a'));
      const texts: unknown[] = [];
      for await (const batch of read(0n, { follow: true })) {
        texts.push(...batch.events.map(({ data }) => (data as { text: string }).text));
        if (texts.length === 1) await append('note-2', note('b'));
        if (texts.length === 2) abort.abort();
      }
      expect(texts).toEqual(['a', 'b']);
    });

    it('repeats its watermark every second while nothing happens', async () => {
      await append('note-1', note('a'));
      const watermarks: bigint[] = [];
      const startedAt = performance.now();
      for await (const batch of read(0n, { follow: true })) {
        watermarks.push(batch.watermark.position);
        if (watermarks.length === 3) abort.abort();
      }
      expect(watermarks).toEqual([1n, 1n, 1n]);
      expect(performance.now() - startedAt).toBeGreaterThan(1_500);
    });

    it('can be left in the middle and read again', async () => {
      for (let index = 1; index <= 9; index += 1) await append('note-1', note(String(index)));
      for await (const batch of read(0n, { batchSize: 3, follow: true })) {
        expect(batch.events).toHaveLength(3);
        break;
      }
      expect((await drained(read(3n))).events).toHaveLength(6);
    });

    it('refuses a position of another log', async () => {
      await append('note-1', note('a'));
      const logId = randomUUID();
      await expect(drained(read(0n, { logId }))).rejects.toMatchObject({ name: 'LogChanged', expectedLogId: logId });
      expect((await drained(read(0n, { logId: source.store.logId }))).events).toHaveLength(1);
    });

    it('refuses a position above the head', async () => {
      await append('note-1', note('a'));
      await expect(drained(read(2n))).rejects.toMatchObject({ name: 'PositionNotYetReached', position: 2n, head: 1n });
    });

    it('knows the head of a log, and no service that it was not given', async () => {
      await append('note-1', note('a'), whisper());
      const { recordedAt } = await source.store.head();
      expect(await underTest.feed.head('notes')).toEqual({ logId: source.store.logId, position: 2n, recordedAt });
      await expect(underTest.feed.head('letters')).rejects.toMatchObject({ name: 'UnknownService' });
    });
  });
}

async function drained(batches: AsyncIterable<FeedBatch>): Promise<{ events: CloudEvent[]; batches: FeedBatch[] }> {
  const all: FeedBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return { events: all.flatMap(({ events }) => events), batches: all };
}
