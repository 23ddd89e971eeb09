import type { StoreLimits } from '../postgres/store.config.ts';

/** Limits of the EventStoreDB adapter. Sizes in bytes, times in milliseconds. */
export interface EventStoreDbLimits extends Pick<
  StoreLimits,
  | 'maxAppendBytes'
  | 'maxEventBytes'
  | 'maxEventsPerAppend'
  | 'maxStreamNameBytes'
  | 'maxTypeNameBytes'
  | 'appendTimeoutMs'
  | 'readTimeoutMs'
  | 'maxPageEvents'
  | 'maxPageBytes'
  | 'maxLookedAtPerRead'
  | 'maxTailEvents'
  | 'maxTailBytes'
  | 'minReadIntervalMs'
  | 'pollIntervalMs'
  | 'minReconnectDelayMs'
  | 'maxReconnectDelayMs'
> {
  /** Of an append's time, what is kept back for reading what became of it. */
  readonly readBackMs: number;
  /** Tries of one append on a server that is away, within its time. */
  readonly maxAppendAttempts: number;
  /** Answers that did not come, one after the other, until the client and its connection are made anew. */
  readonly maxMissedAnswers: number;
  /** The live subscription has this long to tell of an event that is known by other ways. Then it counts as silent. */
  readonly maxSilenceMs: number;
}

/** Events that are looked through, from a stream's end, for a repeated append under `any` and `exists`. */
export { REPEAT_WINDOW } from '../postgres/store.config.ts';

export const EVENTSTOREDB_LIMITS: EventStoreDbLimits = {
  maxAppendBytes: 1_048_576,
  maxEventBytes: 1_048_576,
  maxEventsPerAppend: 10_000,
  maxStreamNameBytes: 512,
  maxTypeNameBytes: 256,
  appendTimeoutMs: 10_000,
  readBackMs: 2_000,
  maxAppendAttempts: 4,
  readTimeoutMs: 10_000,
  maxPageEvents: 1_000,
  maxPageBytes: 4_194_304,
  maxLookedAtPerRead: 10_000,
  maxTailEvents: 1_000,
  maxTailBytes: 1_048_576,
  minReadIntervalMs: 20,
  pollIntervalMs: 1_000,
  minReconnectDelayMs: 50,
  maxReconnectDelayMs: 2_000,
  maxMissedAnswers: 3,
  maxSilenceMs: 5_000,
};
