import {
  BRAKE_FACTOR,
  BRAKE_MARGIN_MS,
  PRESENT_APPENDS,
  PRESENT_WITHIN_MS,
  USUAL_APPENDS,
  USUAL_WITHIN_MS,
} from './rebuild.config.ts';

/** Medians of how long appends took a moment ago, and of late. */
export interface AppendFigures {
  readonly presentMs: number;
  readonly usualMs: number;
}

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
    const figures = this.figures(PRESENT_WITHIN_MS, now);
    return figures !== undefined && areAboveUsual(figures);
  }

  /** Undefined when nothing was appended within that time. */
  figures(withinMs: number, now = performance.now()): AppendFigures | undefined {
    const presentMs = median(this.#since(now - withinMs, PRESENT_APPENDS));
    const usualMs = median(this.#since(now - USUAL_WITHIN_MS, USUAL_APPENDS));
    return presentMs === undefined || usualMs === undefined ? undefined : { presentMs, usualMs };
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

export function areAboveUsual({ presentMs, usualMs }: AppendFigures): boolean {
  return presentMs > usualMs * BRAKE_FACTOR && presentMs > usualMs + BRAKE_MARGIN_MS;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((left, right) => left - right)[values.length >> 1];
}
