import { expect, it } from '@jest/globals';
import { AppendLatency } from './append-latency.ts';
import { Brake } from './brake.ts';
import type { AppendsElsewhere } from './latency-board.ts';

const never = new AbortController().signal;

async function heldMs(
  latency: AppendLatency,
  workedMs: number,
  signal = never,
  elsewhere?: AppendsElsewhere,
): Promise<number> {
  const begun = performance.now();
  await new Brake(latency, elsewhere).hold(signal, workedMs);
  return performance.now() - begun;
}

function elsewhere(busy: boolean, aboveUsual: boolean): AppendsElsewhere {
  return { areBusy: async () => Promise.resolve(busy), areAboveUsual: async () => Promise.resolve(aboveUsual) };
}

it('X-03: while commands come in a rebuild works in small parts and rests longer than it worked', async () => {
  const latency = new AppendLatency();
  expect(new Brake(latency).partEvents()).toBe(Number.POSITIVE_INFINITY);
  expect(await heldMs(latency, 100)).toBeLessThan(50);
  latency.observe(2);
  expect(new Brake(latency).partEvents()).toBeLessThanOrEqual(100);
  expect(await heldMs(latency, 30)).toBeGreaterThan(60);
  expect(await heldMs(latency, 0)).toBeLessThan(50);
});

it('X-03: a braked part passes in the end, so that a rebuild is slow, never stuck', async () => {
  const latency = new AppendLatency();
  const now = performance.now();
  for (let index = 0; index < 100; index += 1) latency.observe(1, now - 10_000);
  // Stays in the present for as long as the brake can hold.
  for (let index = 0; index < 16; index += 1) latency.observe(50, now + 400);
  expect(await heldMs(latency, 0)).toBeGreaterThan(200);
  expect(await heldMs(latency, 10_000)).toBeLessThan(5_000);
  expect(await heldMs(latency, 0, AbortSignal.abort())).toBeLessThan(100);
});

it('X-03: for commands of another process a rebuild rests as long as it worked, and waits while they are slow', async () => {
  const idle = new AppendLatency();
  expect(new Brake(idle, elsewhere(true, true)).partEvents()).toBe(Number.POSITIVE_INFINITY);
  expect(await heldMs(idle, 100, never, elsewhere(false, false))).toBeLessThan(50);
  expect(await heldMs(idle, 100, never, elsewhere(true, false))).toBeGreaterThan(90);
  expect(await heldMs(idle, 0, never, elsewhere(true, false))).toBeLessThan(50);
  expect(await heldMs(idle, 0, never, elsewhere(true, true))).toBeGreaterThan(400);
  expect(await heldMs(idle, 0, AbortSignal.abort(), elsewhere(true, true))).toBeLessThan(100);
});
