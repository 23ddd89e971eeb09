import { zInstant } from './fields.ts';
import { invalidField } from './problem.ts';

const PARTS = /^(.{16})(:\d{2})?(?:\.(\d+))?(.+)$/;
/** PostgreSQL holds microseconds, and would round what is finer. */
const FRACTION_DIGITS = 6;

/** An instant in UTC. PostgreSQL refuses offsets of 16 hours and more, which ISO 8601 allows. */
export const zKnownAt = zInstant.transform(utcInstant);

/** So far may the clocks of a caller, of a service and of the database differ. */
const CLOCKS_DIFFER_BY_MS = 60_000;

/**
 * What is known at a moment that has not come is not known yet: an answer for it would be another one tomorrow. `newest` is when the
 * last thing was recorded, by the database's clock, which counts. Throws a Problem.
 */
export function refuseFuture(asKnownAt: string, now: string, newest?: string): void {
  if (Date.parse(asKnownAt) <= Date.parse(now) + CLOCKS_DIFFER_BY_MS) return;
  if (newest !== undefined && inMicroseconds(asKnownAt) <= newest) return;
  throw invalidField('asKnownAt', 'must not lie in the future: what is known then is not known yet');
}

export function utcInstant(text: string): string {
  const [, minute = '', second = ':00', fraction = '', zone = ''] = PARTS.exec(text) ?? [];
  const seconds = new Date(`${minute}${second}${zone}`).toISOString().slice(0, 19);
  return `${seconds}${fraction === '' ? '' : `.${fraction.slice(0, FRACTION_DIGITS)}`}Z`;
}

/** An instant in UTC with all six digits: instants of this width compare as texts. */
export function inMicroseconds(instant: string): string {
  return `${instant.slice(0, 19)}.${instant.slice(20, -1).padEnd(FRACTION_DIGITS, '0')}Z`;
}
