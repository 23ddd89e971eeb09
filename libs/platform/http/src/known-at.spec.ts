import { describe, expect, it } from '@jest/globals';
import { inMicroseconds, utcInstant } from './known-at.ts';

describe('the instant of asKnownAt', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z'],
    ['2026-01-31T12:00Z', '2026-01-31T12:00:00Z'],
    ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123456Z'],
    ['2026-01-31T12:00:00.123456789Z', '2026-01-31T12:00:00.123456Z'],
    ['2026-01-31T12:00:00.5+01:30', '2026-01-31T10:30:00.5Z'],
    ['2026-01-31T12:00:00-23:59', '2026-02-01T11:59:00Z'],
  ])('I-04: %s is %s', (text, utc) => {
    expect(utcInstant(text)).toBe(utc);
  });

  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000000Z'],
    ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500000Z'],
    ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123456Z'],
  ])('I-04: %s compares as %s with those that are kept as text', (text, wide) => {
    expect(inMicroseconds(text)).toBe(wide);
  });
});
