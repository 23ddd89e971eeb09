import { FOLD_BURST, FOLD_INTERVAL_MS } from './projections.config.ts';

/** How long the next fold waits so that events gather: not at all after a rest, an interval under lasting load. */
export class FoldPace {
  #credit = FOLD_BURST;
  #at: number;

  constructor(nowMs: number) {
    this.#at = nowMs;
  }

  /** Takes one fold and says how many milliseconds to wait for it. */
  next(nowMs: number): number {
    const earned = (nowMs - this.#at) / FOLD_INTERVAL_MS;
    this.#at = nowMs;
    this.#credit = Math.max(-1, Math.min(FOLD_BURST, this.#credit + earned) - 1);
    return this.#credit >= 0 ? 0 : -this.#credit * FOLD_INTERVAL_MS;
  }
}
