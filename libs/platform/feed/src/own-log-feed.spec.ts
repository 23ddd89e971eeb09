import { expect, it } from '@jest/globals';
import { MemoryLog, note, notesSource } from '@kontor/testing/feed-contract';
import { LogFeed } from './log-feed.ts';
import { OwnLogFeed } from './own-log-feed.ts';

it('hears its own service from its own log and the others elsewhere', async () => {
  const own = notesSource();
  const elsewhere = notesSource(new MemoryLog());
  await own.store.append('note-1', 'any', [note('own')]);
  const { signal } = new AbortController();
  const heard = async (service: string) => {
    const texts: unknown[] = [];
    const feed = new OwnLogFeed(service, new LogFeed([own]), new LogFeed([elsewhere]));
    for await (const { events } of feed.read({ service: 'notes', after: 0n, follow: false, signal }))
      texts.push(...events.map(({ data }) => data));
    return [texts, (await feed.head('notes')).logId];
  };
  expect(await heard('notes')).toEqual([[{ text: 'own' }], own.store.logId]);
  expect(await heard('letters')).toEqual([[], elsewhere.store.logId]);
});
