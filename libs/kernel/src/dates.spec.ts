import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, addMonths, dateOfDayNumber, dayNumber, daysBetween, endOfMonth, isBusinessDate } from './dates.ts';

describe('business dates', () => {
  it('are calendar dates: there is no 30 February', () => {
    expect(['2024-02-29', '2023-02-28', '2026-12-31'].map(isBusinessDate)).toEqual([true, true, true]);
    expect(
      ['2023-02-29', '2026-02-30', '2026-13-01', '2026-00-10', '2026-1-1', '1899-12-31', 'x', ''].map(isBusinessDate),
    ).toEqual(Array.from({ length: 8 }, () => false));
  });

  it('count civil days', () => {
    expect(dayNumber('1970-01-01')).toBe(0);
    expect(daysBetween('2026-01-31', '2026-03-15')).toBe(43);
    expect(daysBetween('2013-03-31', '2013-03-01')).toBe(-30);
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2024-03-31', -13)).toBe('2023-02-28');
    expect(endOfMonth('2100-02-01')).toBe('2100-02-28');
  });

  it('agree with the calendar of the platform for every day of eleven centuries', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayNumber('1900-01-01'), max: dayNumber('2999-12-31') }), (number) => {
        const date = dateOfDayNumber(number);
        expect(date).toBe(new Date(number * 86_400_000).toISOString().slice(0, 10));
        expect(dayNumber(date)).toBe(number);
        expect(isBusinessDate(date)).toBe(true);
      }),
    );
  });
});
