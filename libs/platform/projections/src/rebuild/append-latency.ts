import { pause } from '@kontor/feed';
import {
  BRAKE_AT_MOST_MS,
  BRAKE_FACTOR,
  BRAKE_MARGIN_MS,
  BRAKE_STEP_MS,
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

/** Holds a batch of a rebuild back while commands are slower than usual. */
export async function brake(latency: AppendLatency, signal: AbortSignal): Promise<void> {
  const until = performance.now() + BRAKE_AT_MOST_MS;
  while (!signal.aborted && performance.now() < until && latency.isAboveUsual()) await pause(BRAKE_STEP_MS, signal);
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((left, right) => left - right)[values.length >> 1];
}
