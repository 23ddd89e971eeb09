/** Limits of the PostgreSQL adapter. Sizes in bytes, times in milliseconds. */
export interface StoreLimits {
  /** EventStoreDB's limit from the start: Σ (data + metadata + 2 × length of the type in UTF-16 units) of one append. */
  readonly maxAppendBytes: number;
  /** The same count for a single event. */
  readonly maxEventBytes: number;
  readonly maxEventsPerAppend: number;
  readonly maxStreamNameBytes: number;
  readonly maxTypeNameBytes: number;
  /** Appends that one call of the function takes together, and their bytes. */
  readonly maxBatchAppends: number;
  readonly maxBatchBytes: number;
  /** Batches under way at the same time, each over a connection of its own. */
  readonly appendConnections: number;
  /** So many appends are worth a batch of their own while another one is under way. */
  readonly minBatchBeside: number;
  /** Appends that may wait for their batch; more are refused at once. */
  readonly maxWaitingAppends: number;
  /** From the call to the answer, waiting included. Then the connection is given up and the outcome is unknown. */
  readonly appendTimeoutMs: number;
  /** The server ends a statement of the writer after this, which is earlier than the caller gives up. */
  readonly appendStatementTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Events of a page and their bytes; a page holds at least one event, however large. */
  readonly maxPageEvents: number;
  readonly maxPageBytes: number;
  /** Positions that one filtered read looks at before it answers with what it has, or with nothing. */
  readonly maxLookedAtPerRead: number;
  /** The end of the log that is held in memory for all subscriptions of the process. */
  readonly maxTailEvents: number;
  readonly maxTailBytes: number;
  /** At the head the log is read at most this often, so that many appends are one read. */
  readonly minReadIntervalMs: number;
  /** Wake-ups can be lost; this finds what they did not say. */
  readonly pollIntervalMs: number;
  readonly minReconnectDelayMs: number;
  readonly maxReconnectDelayMs: number;
}

export const STORE_LIMITS: StoreLimits = {
  maxAppendBytes: 1_048_576,
  maxEventBytes: 1_048_576,
  maxEventsPerAppend: 10_000,
  maxStreamNameBytes: 512,
  maxTypeNameBytes: 256,
  maxBatchAppends: 256,
  maxBatchBytes: 4_194_304,
  appendConnections: 2,
  minBatchBeside: 32,
  maxWaitingAppends: 10_000,
  appendTimeoutMs: 10_000,
  appendStatementTimeoutMs: 8_000,
  readTimeoutMs: 30_000,
  connectTimeoutMs: 5_000,
  maxPageEvents: 1_000,
  maxPageBytes: 4_194_304,
  maxLookedAtPerRead: 50_000,
  maxTailEvents: 3_000,
  maxTailBytes: 3_145_728,
  minReadIntervalMs: 20,
  pollIntervalMs: 1_000,
  minReconnectDelayMs: 50,
  maxReconnectDelayMs: 2_000,
};

/** Events per partition. With ten million a log of a hundred million has ten, and each one's indexes stay in memory. */
export const PARTITION_SIZE = 10_000_000n;
/** Events of a stream, counted from its end, in which `any` and `exists` recognise a repeated append. */
export const REPEAT_WINDOW = 1_000;
