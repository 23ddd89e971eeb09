import { describe, expect, it } from '@jest/globals';
import { bug, taken } from '../notes.scenarios.ts';
import { caughtUp, NotesRebuilds, who } from './notes-rebuilds.scenarios.ts';
import { deadLetters, parkedStreams, retryStream, skipEvent } from './parked.ts';

const notes = new NotesRebuilds();

describe('X-04: dead letters', () => {
  it('are listed, inspected, skipped with a reason, and left out of every rebuild', async () => {
    await notes.source.store.append('notebook-1', 'any', [taken('poison'), taken('behind')]);
    const rebuild = await notes.started();
    const { live } = rebuild;
    await live.waitFor(await notes.head(), 5_000);
    const [parked] = await parkedStreams(live);
    expect(parked).toMatchObject({ projection: 'notes-read', stream: 'notebook-1', letters: 2 });
    const letters = await deadLetters(live, 'notes', 'notebook-1', 10);
    expect(letters.map(({ error }) => error)).toEqual(['the handler does not understand poison', null]);
    expect(letters[0]?.contract.data).toEqual({ text: 'poison', on: '2026-11-21' });
    await expect(deadLetters(live, 'notes', 'notebook-2', 10)).rejects.toMatchObject({ name: 'NoSuchLetter' });
    await expect(retryStream(live, 'notes', 'notebook-2', who)).rejects.toMatchObject({ name: 'NoSuchLetter' });
    expect(await retryStream(live, 'notes', 'notebook-1', who)).toMatchObject({
      applied: 0,
      error: letters[0]?.error,
    });

    await rebuild.start(who);
    await caughtUp(rebuild);
    const skip = { actor: 'ada', reason: 'a slip of the pen' };
    await expect(skipEvent(live, letters[1]?.eventId as string, skip)).rejects.toMatchObject({
      name: 'NoSuchLetter',
    });
    expect(await skipEvent(live, letters[0]?.eventId as string, skip)).toMatchObject({ applied: 2, error: null });
    expect(await parkedStreams(live)).toEqual([]);
    expect(await notes.rows('select text from reading.notes')).toEqual([{ text: 'behind' }]);
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
    await rebuild.cancel(who);
    await rebuild.start(who);
    await caughtUp(rebuild);
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
    expect(await notes.rows('select text from notes_read_v1_r3.notes')).toEqual([{ text: 'behind' }]);
    expect(await live.registry.skips('notes-read')).toMatchObject([{ who: 'ada', why: 'a slip of the pen' }]);
  });

  it('that can be folded now are, in the rebuild too', async () => {
    await notes.source.store.append('notebook-1', 'any', [taken('poison'), taken('behind')]);
    const rebuild = await notes.started();
    await rebuild.live.waitFor(await notes.head(), 5_000);
    await rebuild.start(who);
    await caughtUp(rebuild);
    bug.fixed = true;
    expect(await retryStream(rebuild.live, 'notes', 'notebook-1', who)).toMatchObject({ applied: 2, error: null });
    await notes.expectLiveFold(rebuild);
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
  });
});
