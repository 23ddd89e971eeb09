/** Choices that can be repeated: the same seed makes the same choices in the same order. */
export interface Dice {
  readonly seed: number;
  /** 0 ≤ n < below, whole. */
  readonly int: (below: number) => number;
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item;
  /** True once in so many times. */
  readonly once: (inTimes: number) => boolean;
}

/** The seed of this run: KONTOR_SEED repeats one, otherwise each run has its own. A test says it in its title. */
export function seedOfRun(): number {
  const given = process.env.KONTOR_SEED;
  return given === undefined ? Date.now() % 2 ** 31 : Number(given);
}

/** mulberry32: small, fast, good enough to choose what a test does next. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    seed,
    int,
    pick: (items) => items[int(items.length)] ?? items[0],
    once: (inTimes) => int(inTimes) === 0,
  };
}
