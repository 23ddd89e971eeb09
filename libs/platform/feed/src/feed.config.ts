/** Stored events read at once, published or not. */
export const FEED_BATCH_EVENTS = 1_000;
/** A follower that has nothing to hear hears at least this often how far the log was read. */
export const IDLE_WATERMARK_MS = 1_000;
/** A history that says nothing for this long, watermarks included, is taken for dead. */
export const HISTORY_SILENCE_MS = 15_000;
/** Characters of NDJSON handed on at once; a line is never cut. */
export const HISTORY_CHUNK_CHARACTERS = 65_536;

/** Waits between attempts: doubled from the first to the maximum, each shortened by up to half at random. */
export const RETRY_FIRST_DELAY_MS = 50;
export const RETRY_MAX_DELAY_MS = 5_000;
/** Who does not follow, but wants to reach the head and return, gives up after so many failures in a row (some 10 s). */
export const CATCH_UP_ATTEMPTS = 9;
