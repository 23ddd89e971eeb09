import { describe, expect, it } from '@jest/globals';
import { LATE_WRITERS_MS, untilWritersAreGone } from './late-writers.ts';

describe('writers that have lost contact', () => {
  const wait = async (since: number, graceMs: number, signal = new AbortController().signal) => {
    const told: number[] = [];
    await untilWritersAreGone({ since, graceMs, signal, progress: (done) => told.push(done) });
    return told;
  };

  it('are waited for as long as they may believe in their lease, and an append may take', () => {
    expect(LATE_WRITERS_MS).toBe(20_000);
  });

  it('are waited for from the moment at which the lease was taken: what was done meanwhile counts', async () => {
    const since = performance.now();
    expect((await wait(since, 40))[0]).toBeLessThan(1);
    expect(performance.now() - since).toBeGreaterThanOrEqual(40);
    expect(await wait(since - 10_000, 9_999)).toEqual([]);
  });

  it('are no reason to go on without the lease', async () => {
    await expect(wait(performance.now(), 10_000, AbortSignal.abort(new Error('lost')))).rejects.toThrow('lost');
  });
});
