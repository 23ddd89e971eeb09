import { pause } from '@kontor/feed';
import type { AppendLatency } from './append-latency.ts';
import type { AppendsElsewhere } from './latency-board.ts';
import {
  BRAKE_AT_MOST_MS,
  BRAKE_STEP_MS,
  BRAKED_PART_EVENTS,
  BRAKED_REST,
  BRAKED_REST_ELSEWHERE,
} from './rebuild.config.ts';

/**
 * Lets commands pass. While some come in, a rebuild works in small parts, for whatever it does in this process holds up the
 * thread that answers them, and rests several times as long as it worked; and while their appends are slower than usual
 * it waits. Commands of another process do not share the thread: for them it rests as long as it worked, and waits likewise.
 * Nobody is waited for who sends no commands.
 */
export class Brake {
  readonly #latency: AppendLatency;
  readonly #elsewhere: AppendsElsewhere | undefined;

  constructor(latency: AppendLatency, elsewhere?: AppendsElsewhere) {
    this.#latency = latency;
    this.#elsewhere = elsewhere;
  }

  /** Events that may be folded at once now. */
  partEvents(): number {
    return this.#latency.isBusy() ? BRAKED_PART_EVENTS : Number.POSITIVE_INFINITY;
  }

  /** `workedMs`: how long the last part took. */
  async hold(signal: AbortSignal, workedMs: number): Promise<void> {
    const begun = performance.now();
    const rested = begun + Math.min(BRAKE_AT_MOST_MS, workedMs * (await this.#rest()));
    if (rested > begun) await pause(rested - performance.now(), signal);
    const until = begun + BRAKE_AT_MOST_MS;
    while (!signal.aborted && performance.now() < until && (await this.#areAboveUsual()))
      await pause(BRAKE_STEP_MS, signal);
  }

  async #rest(): Promise<number> {
    if (this.#latency.isBusy()) return BRAKED_REST;
    return (await this.#elsewhere?.areBusy()) === true ? BRAKED_REST_ELSEWHERE : 0;
  }

  async #areAboveUsual(): Promise<boolean> {
    return this.#latency.isAboveUsual() || (await this.#elsewhere?.areAboveUsual()) === true;
  }
}
