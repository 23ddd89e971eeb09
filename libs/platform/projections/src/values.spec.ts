import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SqlType, Table } from './projection.ts';
import { canonicalRow, keyOf, RULES } from './values.ts';

const canonical = (type: SqlType, value: unknown) => RULES[type].canonical(value, 'table.column');

describe('values of columns', () => {
  it.each([
    ['uuid', '0B0E7C5C-9d6b-4b44-8c1f-111111111111', '0b0e7c5c-9d6b-4b44-8c1f-111111111111'],
    ['bigint', 9007199254740993n, 9007199254740993n],
    ['bigint', 42n, 42],
    ['bigint', -7, -7],
    ['integer', 2_147_483_647, 2_147_483_647],
    ['boolean', false, false],
    ['date', '2028-02-29', '2028-02-29'],
    ['timestamptz', '2026-11-21T10:00:00Z', '2026-11-21T10:00:00.000000Z'],
    ['timestamptz', '2026-11-21T10:00:00.123456Z', '2026-11-21T10:00:00.123456Z'],
    ['timestamptz', '2026-11-21T11:00:00.5+01:00', '2026-11-21T10:00:00.500000Z'],
  ] as const)('%s %s has one canonical form', (type, value, form) => {
    expect(canonical(type, value)).toEqual(form);
  });

  it.each([
    ['uuid', 'a,b'],
    ['text', 5],
    ['text', 'with \u0000'],
    ['bigint', 0.5],
    ['bigint', '7'],
    ['bigint', 2n ** 63n],
    ['integer', 2_147_483_648],
    ['boolean', 'true'],
    ['date', '2026-02-29'],
    ['date', '2026-11-21T00:00:00Z'],
    ['timestamptz', 'yesterday'],
    ['jsonb', undefined],
  ] as const)('%s refuses %s', (type, value) => {
    expect(() => canonical(type, value)).toThrow(expect.objectContaining({ name: 'RowRejected' }));
  });

  it('accepts exactly the days of the calendar', () => {
    const days = fc.tuple(
      fc.integer({ min: 1900, max: 2100 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
    );
    fc.assert(
      fc.property(days, ([year, month, day]) => {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const instant = new Date(`${text}T00:00:00Z`);
        const exists = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
        if (exists) expect(canonical('date', text)).toBe(text);
        else expect(() => canonical('date', text)).toThrow();
      }),
    );
  });

  const table: Table = {
    comment: '',
    key: ['a', 'b'],
    columns: {
      a: { type: 'text', comment: '' },
      b: { type: 'bigint', comment: '' },
      c: { type: 'date', nullable: true, comment: '' },
    },
  };

  it('a row names every column, and none that is not declared', () => {
    expect(canonicalRow('t', table, { a: 'x', b: 7n })).toEqual({ a: 'x', b: 7, c: null });
    expect(() => canonicalRow('t', table, { a: 'x', b: 7, d: 1 })).toThrow('t: there is no column d');
    expect(() => canonicalRow('t', table, { a: null, b: 7 })).toThrow('t.a: may not be null');
  });

  it('a row that has the canonical form already is taken as it is', () => {
    const row = { a: 'x', b: 7, c: '2026-11-21' };
    expect(canonicalRow('t', table, row)).toBe(row);
    expect(canonicalRow('t', table, row, { ...row, b: 6 })).toBe(row);
  });

  it('a number and a bigint are the same key, two columns are not one', () => {
    expect(keyOf('t', table, { a: 'x', b: 7n })).toBe(keyOf('t', table, { a: 'x', b: 7 }));
    expect(keyOf('t', table, { a: 'x1', b: 1 })).not.toBe(keyOf('t', table, { a: 'x', b: 11 }));
    expect(() => keyOf('t', table, { a: 'x' })).toThrow('the key is not complete');
  });
});
