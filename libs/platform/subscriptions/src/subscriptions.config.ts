/** Stored events handled in one transaction. */
export const PROCESS_BATCH_EVENTS = 500;
/** Commands of one process on their way at once; those of one instance go one after the other. */
export const CONCURRENT_COMMANDS = 32;
/** A command that fails for another reason than the infrastructure is tried so often, then its instance is parked. */
export const COMMAND_ATTEMPTS = 6;
/** Who does not hold the lease asks for it this often. */
export const LEASE_POLL_MS = 500;
/** How long what was heard of the other processes of a service is believed. */
export const MEMBERS_GOOD_FOR_MS = 500;
/** Whose turn it is not, takes it all the same when whose it is has not taken it for so long. */
export const TURN_GRACE_MS = 3_000;
/** How often it is asked whether work should be handed over, and the least time for which it is kept. */
export const HAND_OVER_LOOK_MS = 1_000;
export const KEPT_AT_LEAST_MS = 5_000;
/** Timers are looked for this often, so many at a time. */
export const TIMER_POLL_MS = 500;
export const TIMER_BATCH = 100;
/** A timer that is due for longer is stuck. */
export const TIMER_OVERDUE_SECONDS = 60;
/** A checkpoint that moved over events that do not concern the process is written at most this often. */
export const WATERMARK_WRITE_MS = 1_000;
