/** Spans of the last moment leave together, this often. */
export const EXPORT_EVERY_MS = 1_000;
/** An export that takes longer, repetitions included, is given up with its spans. */
export const EXPORT_WITHIN_MS = 10_000;
/** Spans that wait for a collector that is slow or away; more are dropped. About 2 KB each. */
export const MAX_WAITING_SPANS = 4_096;
/** Spans of one export. */
export const EXPORT_SPANS = 512;
/** At the end of the process the last spans get this long: a collector that is away must not hold it up. */
export const LAST_EXPORT_WITHIN_MS = 2_000;
/** A fold or a relayed stretch names at most so many causes; one import or one rebuild has thousands. */
export const MAX_LINKS = 32;
/** What is folded later than this after it was recorded is no part of that trace any more: a rebuild, a catch-up. */
export const SAME_TRACE_WITHIN_MS = 600_000;
