import { expect, it } from '@jest/globals';
import { eventually } from '@kontor/testing';
import { appendAll, noteEvents, notesProjection } from '../notes.scenarios.ts';
import { AppendLatency } from './append-latency.ts';
import { LatencyBoard } from './latency-board.ts';
import { caughtUp, NotesRebuilds, who } from './notes-rebuilds.scenarios.ts';
import { SAID_HOLDS_MS } from './rebuild.config.ts';
import { RebuildRegistry } from './registry.ts';

const notes = new NotesRebuilds();

function board(latency = new AppendLatency()): LatencyBoard {
  return new LatencyBoard(notes.db.pool, latency, (error) => {
    throw error;
  });
}

function slowNow(): AppendLatency {
  const latency = new AppendLatency();
  const now = performance.now();
  for (let index = 0; index < 100; index += 1) latency.observe(2, now - 10_000);
  // Stays in the present for as long as the test may take.
  for (let index = 0; index < 16; index += 1) latency.observe(50, now + 60_000);
  return latency;
}

it('X-03: a process is told of the appends of the others, and of nothing that was said too long ago', async () => {
  await RebuildRegistry.migrate(notes.db.pool);
  const rows = async () => notes.rows('select present_ms, usual_ms from kontor_rebuilds.append_latency');
  const idle = board();
  await idle.start();
  await idle.say();
  expect(await rows()).toEqual([]);
  expect(await idle.areBusy()).toBe(false);

  const slow = board(slowNow());
  await slow.say();
  await slow.say();
  expect(await rows()).toEqual([{ present_ms: 50, usual_ms: 2 }]);
  expect([await board().areBusy(), await board().areAboveUsual()]).toEqual([true, true]);
  // A process knows its own appends better.
  expect([await slow.areBusy(), await slow.areAboveUsual()]).toEqual([false, false]);

  const steady = new AppendLatency();
  steady.observe(2);
  await board(steady).say();
  expect([await slow.areBusy(), await board(steady).areAboveUsual()]).toEqual([false, true]);

  // Who died, or was there before the clock was set back.
  for (const meanwhile of ['- 3', '+ 7200']) {
    await notes.db.pool.query(
      `update kontor_rebuilds.append_latency set said_at = said_at + interval '${meanwhile} s'`,
    );
    expect([await board().areBusy(), await board().areAboveUsual()]).toEqual([false, false]);
  }
  await slow.stop();
  expect(await rows()).toEqual([{ present_ms: 2, usual_ms: 2 }]);
  await idle.stop();
});

it('X-03: a rebuild gives way to slow commands of another process, and to no dead one', async () => {
  await appendAll(notes.source, noteEvents('history', 2_000));
  const options = { latency: new AppendLatency(), elsewhere: board(), batchSize: 50 };
  const rebuild = await notes.started(notesProjection(), options);
  await rebuild.live.waitFor(await notes.head(), 10_000);
  const slow = board(slowNow());
  await slow.say();
  await slow.start();
  const begun = performance.now();
  await rebuild.start(who);
  await eventually('three parts are folded', async () => (await rebuild.status()).done >= 150n);
  // Half a second before each of them.
  expect(performance.now() - begun).toBeGreaterThan(1_400);
  // As a process that was killed: what it said last stays.
  await slow.stop();
  await slow.say();
  await caughtUp(rebuild);
  expect(performance.now() - begun).toBeGreaterThan(1_400 + SAID_HOLDS_MS / 2);
  // Half a second for each of forty parts, if it went on to wait.
  expect(performance.now() - begun).toBeLessThan(15_000);
});
