/** A watermark goes to every partition when the relay's checkpoint moved; under lasting load at most this often. */
export const WATERMARK_EVERY_MS = 100;
/** After a rest so many go right with their batches. */
export const WATERMARK_BURST = 10;
/** Stored events read by the relay at once. */
export const RELAY_BATCH_EVENTS = 1_000;
/** Bytes of values and headers of one request to the brokers; far below what a broker takes for one partition. */
export const RELAY_REQUEST_BYTES = 524_288;
/** Bytes of one record that the topics take. */
export const TOPIC_MAX_MESSAGE_BYTES = 8_388_608;
/** Topics keep a week; history is the only way back beyond that. */
export const TOPIC_RETENTION_MS = 7 * 24 * 3_600_000;
/** Looks for a topic that was just made, each after a longer wait. */
export const TOPIC_ATTEMPTS = 8;
/** A request to the brokers that is not answered by then has failed; the relay repeats it from its checkpoint. */
export const RELAY_SEND_TIMEOUT_MS = 30_000;
/** A second relay of the same topic looks this often whether the first is still there. */
export const RELAY_STANDBY_MS = 1_000;

export const CONNECT_TIMEOUT_MS = 3_000;
export const REQUEST_TIMEOUT_MS = 10_000;
/** Retries within kafkajs; beyond them its error reaches us, and we begin anew. */
export const REQUEST_RETRIES = 4;
export const RETRY_INITIAL_MS = 100;
export const RETRY_MAX_MS = 1_000;

/** Events that a process keeps of each topic for its consumers; who is further behind reads history. */
export const TAIL_EVENTS = 20_000;
/** Events that may wait for the other partitions' watermarks; beyond them the tail begins anew at the head. */
export const TAIL_WAITING_EVENTS = 50_000;
/** Longer than the pause of a stalled broker that a consumer should simply sit out. */
export const SESSION_TIMEOUT_MS = 30_000;
export const HEARTBEAT_MS = 1_000;
/** Rebalances of kafkajs are eager: members that do not come back by then are left out. */
export const REBALANCE_TIMEOUT_MS = 10_000;
export const FETCH_WAIT_MS = 250;
/** Offsets are committed for monitoring, and as the place to go on from after a rebalance. */
export const COMMIT_EVERY_MS = 2_000;
/** How often the tail is compared with the head of the log: what it lacks for a whole round is read from history. */
export const WATCHDOG_MS = 5_000;
/** A consumer that neither fetches nor sends heartbeats for so long is given up and replaced. */
export const SILENCE_MS = 15_000;
/** How long closing waits for brokers that may not answer. */
export const CLOSE_WITHIN_MS = 3_000;
/** Attempts to store a record that cannot be read, before the partition moves on without. */
export const DEAD_LETTER_ATTEMPTS = 5;
