import { describe, expect, it } from '@jest/globals';
import { NEAR_MS, NearTheHead } from './near-the-head.ts';

describe('near the head', () => {
  it('X-03: is who has reached the head of this moment', () => {
    expect(new NearTheHead().reached('40', '40', 0)).toBe(true);
    expect(new NearTheHead().reached('39', '40', 0)).toBe(false);
  });

  it('X-03: is who stays a little behind people who go on working', () => {
    const near = new NearTheHead();
    const at = (second: number) => near.reached(String(100 * second), String(100 * second + 300), second * 1_000);
    expect([0, 1, 2, 3, 4].map(at)).toEqual([false, false, false, false, false]);
    expect(at(5)).toBe(true);
  });

  it('X-03: is not who falls further behind than that', () => {
    const near = new NearTheHead();
    const at = (second: number) => near.reached(String(100 * second), String(200 * second + 600), second * 1_000);
    expect(Array.from({ length: 12 }, (_, second) => at(second)).includes(true)).toBe(false);
    expect(near.reached('2800', '99999', 11_000 + NEAR_MS)).toBe(true);
  });
});
