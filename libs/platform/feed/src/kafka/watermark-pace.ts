/**
 * When watermarks may be sent: with every batch after a rest, so that what follows from one command waits nowhere, and
 * once an interval under lasting load, so that they do not outgrow the events. `burst` of them may come at once.
 */
export class WatermarkPace {
  readonly #everyMs: number;
  readonly #burst: number;
  #credit: number;
  #at: number;

  constructor(everyMs: number, burst: number, nowMs: number) {
    this.#everyMs = everyMs;
    this.#burst = burst;
    this.#credit = burst;
    this.#at = nowMs;
  }

  /** Milliseconds until the next may be sent; 0: now. */
  dueInMs(nowMs: number): number {
    return Math.max(0, 1 - this.#creditAt(nowMs)) * this.#everyMs;
  }

  /** One was sent. */
  note(nowMs: number): void {
    this.#credit = Math.max(0, this.#creditAt(nowMs) - 1);
    this.#at = nowMs;
  }

  #creditAt(nowMs: number): number {
    return Math.min(this.#burst, this.#credit + (nowMs - this.#at) / this.#everyMs);
  }
}
