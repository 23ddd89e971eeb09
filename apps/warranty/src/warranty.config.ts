import type { Role } from '@kontor/auth';

/**
 * What a role may grant as goodwill per claim, in major units of the claim's currency; a role that is not named may grant
 * nothing. Beyond it an approval is needed.
 */
export const GOODWILL_LIMITS_MAJOR: { readonly [R in Role]?: number } = {
  administrator: 5_000,
  service: 250,
};

/** Longest free text that a request may carry: a client's own words. */
export const MAX_DESCRIPTION_CHARS = 4_000;
/** Longest reason, task or cause. */
export const MAX_REASON_CHARS = 500;
/** Longest serial number. */
export const MAX_SERIAL_CHARS = 100;
