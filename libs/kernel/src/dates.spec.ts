import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  dateOfDayNumber,
  dayNumber,
  daysBetween,
  earlierDate,
  endOfMonth,
  isBusinessDate,
  laterDate,
  monthOf,
} from './dates.ts';

describe('business dates', () => {
  it('are calendar dates: there is no 30 February', () => {
    expect(['2024-02-29', '2023-02-28', '2026-12-31'].map(isBusinessDate)).toEqual([true, true, true]);
    expect(
      ['2023-02-29', '2026-02-30', '2026-13-01', '2026-00-10', '2026-1-1', '1899-12-31', 'x', ''].map(isBusinessDate),
    ).toEqual(Array.from({ length: 8 }, () => false));
  });

  it('end each month on its own last day', () => {
    const lastDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    lastDays.forEach((day, index) => {
      const month = `2026-${String(index + 1).padStart(2, '0')}`;
      expect(endOfMonth(`${month}-01`)).toBe(`${month}-${day}`);
      expect([`${month}-${day}`, `${month}-${day + 1}`, `${month}-00`].map(isBusinessDate)).toEqual([
        true,
        false,
        false,
      ]);
    });
  });

  it('have a leap day every fourth year, in a full century only every fourth', () => {
    const leapDays = ['1900-02-29', '2000-02-29', '2024-02-29', '2026-02-29', '2100-02-29', '2400-02-29'];
    expect(leapDays.map(isBusinessDate)).toEqual([false, true, true, false, false, true]);
  });

  it('lie between 1900 and 2999, and are nothing but the date', () => {
    expect(['1900-01-01', '2999-12-31'].map(isBusinessDate)).toEqual([true, true]);
    expect(['1899-12-31', '3000-01-01', ' 2026-01-01', '2026-01-01T'].map(isBusinessDate)).toEqual(
      Array.from({ length: 4 }, () => false),
    );
  });

  it('are counted through the ends of months, years, centuries and eras', () => {
    for (const date of [
      '1900-02-28',
      '2000-02-28',
      '2023-12-31',
      '2100-02-28',
      '2300-02-28',
      '2400-02-28',
      '0987-12-31',
    ]) {
      const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
      const afterNext = new Date(Date.parse(date) + 2 * 86_400_000).toISOString().slice(0, 10);
      expect([addDays(date, 1), addDays(date, 2), addDays(next, -1)]).toEqual([next, afterNext, date]);
      expect(dateOfDayNumber(dayNumber(afterNext))).toBe(afterNext);
    }
  });

  it('are compared as text, and fall in a month', () => {
    expect(earlierDate('2026-01-31', '2026-02-01')).toBe('2026-01-31');
    expect(earlierDate('2026-02-01', '2026-01-31')).toBe('2026-01-31');
    expect(laterDate('2026-01-31', '2026-02-01')).toBe('2026-02-01');
    expect(laterDate('2026-02-01', '2026-01-31')).toBe('2026-02-01');
    expect(monthOf('2026-02-28')).toBe('2026-02');
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
