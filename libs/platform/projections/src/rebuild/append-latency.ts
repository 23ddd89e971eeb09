import {
  BRAKE_FACTOR,
  BRAKE_MARGIN_MS,
  PRESENT_APPENDS,
  PRESENT_WITHIN_MS,
  USUAL_APPENDS,
  USUAL_WITHIN_MS,
} from './rebuild.config.ts';

/** How long appends take in this process: what is usual, and what is so now. */
export class AppendLatency {
  readonly #ms = new Float64Array(USUAL_APPENDS);
  readonly #at = new Float64Array(USUAL_APPENDS);
  #count = 0;

  observe(ms: number, now = performance.now()): void {
    const slot = this.#count % USUAL_APPENDS;
    this.#ms[slot] = ms;
    this.#at[slot] = now;
    this.#count += 1;
  }

  /** Whether commands come in at all. */
  isBusy(now = performance.now()): boolean {
    return this.#count > 0 && (this.#at[(this.#count - 1) % USUAL_APPENDS] as number) >= now - PRESENT_WITHIN_MS;
  }

  /** Whether commands are slower now than their own recent median: nobody is, who sends none. */
  isAboveUsual(now = performance.now()): boolean {
    const present = median(this.#since(now - PRESENT_WITHIN_MS, PRESENT_APPENDS));
    const usual = median(this.#since(now - USUAL_WITHIN_MS, USUAL_APPENDS));
    if (present === undefined || usual === undefined) return false;
    return present > usual * BRAKE_FACTOR && present > usual + BRAKE_MARGIN_MS;
  }

  #since(from: number, atMost: number): number[] {
    const found: number[] = [];
    const oldest = Math.max(0, this.#count - Math.min(atMost, USUAL_APPENDS));
    for (let index = this.#count - 1; index >= oldest; index -= 1) {
      const slot = index % USUAL_APPENDS;
      if ((this.#at[slot] as number) < from) break;
      found.push(this.#ms[slot] as number);
    }
    return found;
  }
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((left, right) => left - right)[values.length >> 1];
}
