import { zInstant } from './fields.ts';

const PARTS = /^(.{16})(:\d{2})?(?:\.(\d+))?(.+)$/;
/** PostgreSQL holds microseconds, and would round what is finer. */
const FRACTION_DIGITS = 6;

/** An instant in UTC. PostgreSQL refuses offsets of 16 hours and more, which ISO 8601 allows. */
export const zKnownAt = zInstant.transform(utcInstant);

export function utcInstant(text: string): string {
  const [, minute = '', second = ':00', fraction = '', zone = ''] = PARTS.exec(text) ?? [];
  const seconds = new Date(`${minute}${second}${zone}`).toISOString().slice(0, 19);
  return `${seconds}${fraction === '' ? '' : `.${fraction.slice(0, FRACTION_DIGITS)}`}Z`;
}

/** An instant in UTC with all six digits: instants of this width compare as texts. */
export function inMicroseconds(instant: string): string {
  return `${instant.slice(0, 19)}.${instant.slice(20, -1).padEnd(FRACTION_DIGITS, '0')}Z`;
}
