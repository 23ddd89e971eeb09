import { expect, it } from '@jest/globals';
import { AppendLatency, brake } from './append-latency.ts';

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

it('a braked batch passes in the end, so that a rebuild is slow, never stuck', async () => {
  const latency = new AppendLatency();
  const now = performance.now();
  for (let index = 0; index < 100; index += 1) latency.observe(1, now - 10_000);
  // Stays in the present for as long as the brake can hold.
  for (let index = 0; index < 16; index += 1) latency.observe(50, now + 400);
  const begun = performance.now();
  await brake(latency, new AbortController().signal);
  expect(performance.now() - begun).toBeGreaterThan(200);
  const aborted = performance.now();
  await brake(latency, AbortSignal.abort());
  expect(performance.now() - aborted).toBeLessThan(100);
});
