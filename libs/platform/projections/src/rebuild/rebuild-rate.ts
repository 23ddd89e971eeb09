import { RATE_WINDOW_S } from './rebuild.config.ts';

interface Sample {
  readonly schema: string;
  readonly at: number;
  /** Of the log: events, or bytes on EventStoreDB. */
  readonly done: bigint;
  /** What this process has folded; undefined where another one does. */
  readonly events: number | undefined;
}

export interface Rates {
  /** Null while nobody knows, as in a process that does not fold the copy. */
  readonly eventsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** From one question to the next: whoever watches asks again and again. */
export class RebuildRate {
  #samples: readonly Sample[] = [];

  /** `left`: what is still to pass, in the measure of `done`. */
  of(schema: string, done: bigint, left: bigint, events: number | undefined): Rates {
    const at = performance.now();
    const before = this.#samples.filter((one) => one.schema === schema && one.at > at - RATE_WINDOW_S * 1_000);
    this.#samples = [...before, { schema, at, done, events }];
    const first = before[0];
    if (first === undefined || at - first.at < 100) return { eventsPerSecond: null, secondsLeft: null };
    const seconds = (at - first.at) / 1_000;
    const passed = Number(done - first.done) / seconds;
    const counted = events === undefined || first.events === undefined ? undefined : events - first.events;
    return {
      // Another runner here has counted anew.
      eventsPerSecond: counted === undefined || counted < 0 ? null : Math.round(counted / seconds),
      secondsLeft: passed > 0 ? Math.ceil(Number(left) / passed) : null,
    };
  }
}
