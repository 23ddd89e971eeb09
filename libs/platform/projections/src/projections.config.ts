/** Stored events folded in one transaction: larger is faster and holds locks and memory longer. */
export const FOLD_BATCH_EVENTS = 1_000;
/**
 * A projection at the head of a busy log folds at most this often, unless somebody waits for it: a platform has a dozen of
 * them, and each would else begin and commit a transaction for every few events.
 */
export const FOLD_INTERVAL_MS = 250;
/** So many folds in a row come at once: who changes something now and then sees it without delay. */
export const FOLD_BURST = 20;
/** A checkpoint that moved over events that do not concern the projection is written at most this often. */
export const WATERMARK_WRITE_MS = 1_000;
/** A projection that has nothing to fold looks this often whether what it folded is still there. */
export const IDLE_LOOK_MS = 5_000;
/** How often a process that does not fold itself looks at the checkpoints for `consistentWith`. */
export const CHECKPOINT_POLL_MS = 25;
/** So many rows that seem to be new are copied into their table instead of being upserted; for fewer it does not pay. */
export const COPY_FROM_ROWS = 16;
/** After a row that seemed to be new was there already, so many writes to its table are upserts. */
export const UPSERTS_AFTER_MISS = 100;
