/** How often a process looks whether another one has changed what is rebuilt. */
export const REGISTRY_POLL_MS = 1_000;
/** A process that folds a rebuild says so at each poll; silent for this long, another one takes over. */
export const FOLDER_SILENCE_MS = 5_000;
/** Tables of a version that the code no longer declares are kept this long: an older code that starts again goes on with them. */
export const RETIRED_KEPT_DAYS = 7;
/** Tables that are to go and that somebody reads are left for a later look after this. */
export const DROP_LOCK_TIMEOUT_MS = 200;
/** The live fold is held up no longer than this while a comparison is prepared; else it is tried again later. */
export const HOLD_LIVE_MS = 1_000;
/** How long a comparison tries to meet the live projection at one checkpoint. */
export const COMPARE_WITHIN_MS = 60_000;
/** A head that a feed gives is no older than this, and no live fold is held up for it any longer. */
export const HEAD_REMEMBERED_MS = 500;
/** A switch waits this long for a lock before it lets everybody else go first, and keeps trying for this long. */
export const SWITCH_LOCK_TIMEOUT_MS = 200;
export const SWITCH_WITHIN_MS = 30_000;
/** A version that is built has caught up when it reaches within this time what the heads were at its beginning. */
export const CAUGHT_UP_WITHIN_MS = 1_000;
/** Pause between two attempts of a comparison or a switch. */
export const ATTEMPT_PAUSE_MS = 100;
/** Differing rows shown of each table, and events shown behind each of them. */
export const SHOWN_DIFFERENCES = 5;
export const SHOWN_EVENTS = 20;
/** Seconds over which the rate of a rebuild is measured. */
export const RATE_WINDOW_S = 10;

/** Appends that tell the present latency, at most so old, and those that tell what is usual. */
export const PRESENT_APPENDS = 16;
export const PRESENT_WITHIN_MS = 500;
export const USUAL_APPENDS = 2_048;
export const USUAL_WITHIN_MS = 60_000;
/** The brake holds while the present median is above the usual one by this factor and by this many milliseconds. */
export const BRAKE_FACTOR = 1.25;
export const BRAKE_MARGIN_MS = 0.5;
/** It looks again after this, and lets a batch pass at the latest after that: a rebuild is slow then, never stuck. */
export const BRAKE_STEP_MS = 20;
export const BRAKE_AT_MOST_MS = 500;
/** While commands come in, so many events are folded at once: some milliseconds of work. */
export const BRAKED_PART_EVENTS = 32;
/** And the rest after them is so many times as long as they took. */
export const BRAKED_REST = 6;
/** Events that a rebuild with a brake reads at once: to take a thousand out of the database and their JSON holds the thread up too. */
export const BRAKED_PAGE_EVENTS = 250;

/** A process in which something was appended tells the others so often; what it said holds for the second time. */
export const SAID_EVERY_MS = 1_000;
export const SAID_HOLDS_MS = 2_500;
/** A rebuild asks again what the others said after this. */
export const HEARD_FOR_MS = 250;
/** While commands come in elsewhere, the rest after a part is so many times as long as the part took. */
export const BRAKED_REST_ELSEWHERE = 1;
