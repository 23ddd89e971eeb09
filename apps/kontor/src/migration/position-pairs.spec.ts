import { describe, expect, it } from '@jest/globals';
import { dice, seedOfRun } from '@kontor/testing';
import { floorOf, packed, unpacked } from './position-pairs.ts';

describe('positions of the same events in two logs', () => {
  const seed = seedOfRun();

  it(`come back as they were written, in a few bytes each (seed ${seed})`, () => {
    const random = dice(seed);
    const pairs: { from: bigint[]; to: bigint[] } = { from: [], to: [] };
    let [from, to] = [0n, 2n ** 53n];
    for (let n = 0; n < 1_000; n += 1) {
      from += BigInt(1 + random.int(3));
      to += BigInt(1 + random.int(40_000));
      pairs.from.push(from);
      pairs.to.push(to);
    }
    const bytes = packed(pairs);
    expect(unpacked(bytes)).toEqual(pairs);
    expect(bytes.byteLength).toBeLessThan(5 * pairs.from.length);
    for (const [n, position] of pairs.from.entries()) expect(floorOf(pairs, position)).toBe(pairs.to[n]);
  });

  it('say for a position between two events where the one before lies, and nothing before the first', () => {
    const pairs = { from: [100n, 250n, 251n], to: [1n, 2n, 3n] };
    const asked = [0n, 99n, 100n, 249n, 250n, 251n, 9_999n];
    expect(asked.map((position) => floorOf(pairs, position))).toEqual([null, null, 1n, 1n, 2n, 3n, 3n]);
  });
});
