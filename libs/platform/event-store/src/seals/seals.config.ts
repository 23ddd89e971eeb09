/** Events sealed in one transaction. */
export const SEAL_BATCH_EVENTS = 500;
/** At the end of the log seals wait for each other: nobody waits for them. */
export const SEAL_INTERVAL_MS = 1_000;
/** After a fault, before the next attempt. */
export const SEAL_RETRY_MS = 2_000;
/** Events compared at a time by a verification. */
export const VERIFY_PAGE_EVENTS = 500;
