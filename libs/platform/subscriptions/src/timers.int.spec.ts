import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Feed, type FeedBatch, type FeedHead, type FeedOptions, LogFeed } from '@kontor/feed';
import type { DomainCommand, ProcessManager } from '@kontor/kernel';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { note, notesSource } from '@kontor/testing/feed-contract';
import { ProcessRunner } from './process-runner.ts';

interface Reminder extends DomainCommand {
  readonly type: 'Remind';
}

const NOON = '2026-11-21T12:00:00.000Z';
const EVENING = '2026-11-21T20:00:00.000Z';

/** Every note sets the timer of its notebook anew: `poison` fails instead. */
const reminders: ProcessManager<{ readonly notes: number }, Reminder> = {
  name: 'Remind',
  initial: { notes: 0 },
  reactions: {
    'kontor.notes.note-taken.v1': {
      correlate: ({ subject }) => subject,
      react: ({ notes }, { data }) => {
        const { text } = data as { readonly text: string };
        if (text === 'poison') throw new Error('the reaction does not understand poison');
        return { state: { notes: notes + 1 }, commands: [], timers: [{ name: 'remind', dueAt: text, payload: {} }] };
      },
    },
  },
  onTimer: (state, { key, dueAt }) => ({
    state,
    commands: [{ step: `remind ${dueAt}`, aggregate: 'notebook', key, command: { type: 'Remind' } }],
  }),
};

/** Tells how far it was read. */
class WatchedFeed extends Feed {
  position = 0n;
  readonly #feed: Feed;

  constructor(feed: Feed) {
    super();
    this.#feed = feed;
  }

  async *read(options: FeedOptions): AsyncIterable<FeedBatch> {
    for await (const batch of this.#feed.read(options)) {
      this.position = batch.watermark.position;
      yield batch;
    }
  }

  head(service: string): Promise<FeedHead> {
    return this.#feed.head(service);
  }
}

describe('timers that are due, while the one before them is being fired', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(async () => {
    await db.drop();
  });

  it('fire as they are set by then: put off they wait, and of an instance that was parked they stay', async () => {
    const source = notesSource();
    for (const stream of ['note-1', 'note-2', 'note-3']) await source.store.append(stream, 'any', [note(NOON)]);
    const feed = new WatchedFeed(new LogFeed([source]));
    const sent: string[] = [];
    const firing = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let now = '2026-11-21T11:00:00.000Z';
    const runner = new ProcessRunner<{ readonly notes: number }, Reminder>(
      db.pool,
      feed,
      reminders,
      async ({ key, step }) => {
        firing.resolve();
        if (key === 'note-1') await release.promise;
        sent.push(`${key} ${step}`);
      },
      { service: 'reminders', now: () => now },
    );
    const timers = async () =>
      (
        await db.pool.query<{ timer: string }>(
          `select key || ' ' || (timer ->> 'dueAt') as timer from reminders_processes.timers order by key`,
        )
      ).rows.map(({ timer }) => timer);
    await runner.catchUp();
    expect(await timers()).toEqual([`note-1 ${NOON}`, `note-2 ${NOON}`, `note-3 ${NOON}`]);

    now = '2026-11-21T12:30:00.000Z';
    await runner.start();
    try {
      await firing.promise;
      await source.store.append('note-2', 'any', [note(EVENING)]);
      await source.store.append('note-3', 'any', [note('poison')]);
      await eventually('both notes were read, and wait for their turn', () => Promise.resolve(feed.position === 5n));
      release.resolve();
      await eventually('the first one was fired', async () => !(await timers()).includes(`note-1 ${NOON}`));
      await eventually('both notes were handled', async () => (await runner.status()).services[0]?.lag === 0n);
      expect(await timers()).toEqual([`note-2 ${EVENING}`, `note-3 ${NOON}`]);
      expect(sent).toEqual([`note-1 remind ${NOON}`]);
      now = '2026-11-21T20:30:00.000Z';
      await eventually('the one that was put off has fired', async () => (await timers()).length === 1, 10_000);
      expect(await timers()).toEqual([`note-3 ${NOON}`]);
      expect(sent).toEqual([`note-1 remind ${NOON}`, `note-2 remind ${EVENING}`]);
    } finally {
      await runner.stop();
    }
  });
});
