import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PersistentMap } from './persistent-map.ts';

const sorted = <Value>(entries: readonly (readonly [string, Value])[]) =>
  [...entries].sort(([left], [right]) => (left < right ? -1 : 1));

describe('persistent maps', () => {
  it('R-03: answer like a map after any changes, and leave earlier versions as they were', () => {
    const change = fc.record({ key: fc.string({ maxLength: 3 }), value: fc.option(fc.integer()) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        let map = PersistentMap.empty<number>();
        const reference = new Map<string, number>();
        const versions: [PersistentMap<number>, readonly (readonly [string, number])[]][] = [];
        for (const { key, value } of changes) {
          map = value === null ? map.delete(key) : map.set(key, value);
          if (value === null) reference.delete(key);
          else reference.set(key, value);
          versions.push([map, [...reference]]);
        }
        for (const [version, entries] of versions) {
          expect(version.size).toBe(entries.length);
          expect(sorted(version.entries())).toEqual(sorted(entries));
          for (const [key, value] of entries) expect([version.get(key), version.has(key)]).toEqual([value, true]);
        }
        expect(map.values()).toEqual(map.entries().map(([, value]) => value));
      }),
    );
  });

  it('R-03: keep keys apart whose hashes collide', () => {
    // A well-known pair with one 32-bit FNV-1a hash.
    const [left, right] = ['costarring', 'liquid'];
    const map = PersistentMap.empty<number>().set(left, 1).set(right, 2);
    expect([map.get(left), map.get(right), map.size]).toEqual([1, 2, 2]);
    expect(sorted(map.delete(left).entries())).toEqual([[right, 2]]);
    expect(map.set(left, 3).get(right)).toBe(2);
  });
});
