import { expect, it } from '@jest/globals';
import { feedContract, note, notesSource, stored } from '@kontor/testing/feed-contract';
import { historyStream } from './history.ts';
import { LogFeed } from './log-feed.ts';

feedContract('log', async (source) => ({ feed: new LogFeed([source]), close: () => source.store.close() }));

const { signal } = new AbortController();

async function linesOf(chunks: AsyncIterable<string>): Promise<string[]> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text.split('\n');
}

it('reads nothing ahead of a consumer that stands still', async () => {
  const source = notesSource();
  await source.store.append('note-1', 'any', [note('a'), note('b'), note('c')]);
  const batches = new LogFeed([source]).read({ service: 'notes', after: 0n, follow: false, batchSize: 2, signal });
  const sizes: number[] = [];
  for await (const batch of batches) {
    if (sizes.length === 0) await source.store.append('note-1', 'any', [note('d')]);
    sizes.push(batch.events.length);
  }
  expect(sizes).toEqual([2, 2]);
});

it('history gives whole lines of NDJSON, events and then the watermark', async () => {
  const source = notesSource();
  await source.store.append('note-1', 'any', [note('a'), note('b')]);
  const lines = await linesOf(await historyStream(source, { after: 0n, follow: false, signal }));
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => Object.keys(JSON.parse(line) as object))).toEqual([['event'], ['event'], ['watermark']]);
  const { recordedAt } = await source.store.head();
  expect(JSON.parse(lines[2] as string)).toEqual({
    watermark: { position: '2', recordedAt, logId: source.store.logId, caughtUp: true },
  });
});

it('history ends after the limit, with the watermark of the last event it gave', async () => {
  const source = notesSource();
  await source.store.append('note-1', 'any', [note('a'), note('b'), note('c')]);
  const lines = await linesOf(await historyStream(source, { after: 0n, follow: false, limit: 2, signal }));
  expect(lines).toHaveLength(4);
  expect(JSON.parse(lines[2] as string)).toMatchObject({ watermark: { position: '2', caughtUp: false } });
});

it('an event of the own service that no codec knows stops the feed, one of another service passes by', async () => {
  const source = notesSource();
  await source.store.append('letter-1', 'any', [stored('letters.LetterWritten.v1', {}, {})]);
  await source.store.append('note-1', 'any', [stored('notes.NoteBurnt.v1', {}, {})]);
  const batches = new LogFeed([source]).read({ service: 'notes', after: 0n, follow: false, batchSize: 1, signal });
  const positions: bigint[] = [];
  await expect(
    (async () => {
      for await (const batch of batches) positions.push(batch.watermark.position);
    })(),
  ).rejects.toMatchObject({ name: 'UnknownStoredEvent', storedType: 'notes.NoteBurnt.v1', position: 2n });
  expect(positions).toEqual([1n]);
});
