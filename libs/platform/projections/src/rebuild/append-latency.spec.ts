import { expect, it } from '@jest/globals';
import { AppendLatency } from './append-latency.ts';

function latencies(...runs: readonly (readonly [count: number, ms: number, at: number])[]): AppendLatency {
  const latency = new AppendLatency();
  for (const [count, ms, at] of runs) for (let index = 0; index < count; index += 1) latency.observe(ms, at);
  return latency;
}

it('X-03: a rebuild gives way while commands are slower than their own recent median, and only then', () => {
  expect(latencies().isAboveUsual(0)).toBe(false);
  expect(latencies([100, 2, 0], [16, 2.2, 1_000]).isAboveUsual(1_000)).toBe(false);
  expect(latencies([100, 2, 0], [16, 6, 1_000]).isAboveUsual(1_000)).toBe(true);
  // What was slow a while ago is not slow now; nobody waits for commands that nobody sends.
  expect(latencies([100, 2, 0], [16, 6, 1_000]).isAboveUsual(2_000)).toBe(false);
  // Lasting load becomes usual.
  expect(latencies([100, 2, 0], [500, 6, 30_000]).isAboveUsual(30_000)).toBe(false);
  // Fractions of a millisecond are noise.
  expect(latencies([100, 0.2, 0], [16, 0.5, 1_000]).isAboveUsual(1_000)).toBe(false);
});

it('X-03: commands come in, or they do not', () => {
  expect(latencies().isBusy(0)).toBe(false);
  expect(latencies([1, 2, 0]).isBusy(400)).toBe(true);
  expect(latencies([1, 2, 0]).isBusy(600)).toBe(false);
});

it('X-03: tells its medians to others while something is appended', () => {
  expect(latencies().figures(1_000, 0)).toBeUndefined();
  expect(latencies([100, 2, 0], [16, 6, 1_000]).figures(1_000, 1_900)).toEqual({ presentMs: 6, usualMs: 2 });
  expect(latencies([100, 2, 0]).figures(1_000, 1_100)).toBeUndefined();
});
