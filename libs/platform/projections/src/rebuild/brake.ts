import { pause } from '@kontor/feed';
import type { AppendLatency } from './append-latency.ts';
import { BRAKE_AT_MOST_MS, BRAKE_STEP_MS, BRAKED_PART_EVENTS, BRAKED_REST } from './rebuild.config.ts';

/**
 * Lets commands pass. While some come in, a rebuild works in small parts, for whatever it does in this process holds up the
 * thread that answers them, and rests several times as long as it worked; and while their appends are slower than usual
 * it waits. Nobody is waited for who sends no commands.
 */
export class Brake {
  readonly #latency: AppendLatency;

  constructor(latency: AppendLatency) {
    this.#latency = latency;
  }

  /** Events that may be folded at once now. */
  partEvents(): number {
    return this.#latency.isBusy() ? BRAKED_PART_EVENTS : Number.POSITIVE_INFINITY;
  }

  /** `workedMs`: how long the last part took. */
  async hold(signal: AbortSignal, workedMs: number): Promise<void> {
    const begun = performance.now();
    const rested = begun + Math.min(BRAKE_AT_MOST_MS, workedMs * BRAKED_REST);
    if (this.#latency.isBusy() && workedMs > 0) await pause(rested - performance.now(), signal);
    const until = begun + BRAKE_AT_MOST_MS;
    while (!signal.aborted && performance.now() < until && this.#latency.isAboveUsual())
      await pause(BRAKE_STEP_MS, signal);
  }
}
