import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import type { DefineWarrantyTerm, TakeProductOffWarranty } from './warranty-term.commands.ts';
import { warrantyTermAggregate } from './warranty-term.decider.ts';
import type { ProductTakenOffWarranty, WarrantyTermDefined } from './warranty-term.events.ts';
import { termInForce } from './warranty-term.state.ts';

const { decider } = warrantyTermAggregate;
const PRODUCT = 'b7e6a1c2-4f2d-5c39-8c57-0d9f2f1b7a10';
const TERMS = {
  basis: 'delivery',
  graceCapDays: null,
  partsMonths: 24,
  labourMonths: 12,
  minimumMonths: 12,
  replacementPolicy: 'minimum',
  caps: { claims: 3, parts: null, labour: null },
} as const;
const define = (more: Partial<DefineWarrantyTerm> = {}): DefineWarrantyTerm => ({
  type: 'DefineWarrantyTerm',
  productId: PRODUCT,
  ...TERMS,
  validFrom: '2026-01-01',
  businessDate: '2025-12-10',
  ...more,
});
const defined = (version: number, validFrom: string): WarrantyTermDefined => ({
  type: 'WarrantyTermDefined',
  data: { productId: PRODUCT, version, ...TERMS, validFrom, businessDate: '2025-12-10' },
});
const takeOff = (validFrom: string): TakeProductOffWarranty => ({
  type: 'TakeProductOffWarranty',
  productId: PRODUCT,
  validFrom,
  reason: 'sold off as spare parts',
  businessDate: '2026-12-15',
});
const takenOff: ProductTakenOffWarranty = {
  type: 'ProductTakenOffWarranty',
  data: { productId: PRODUCT, validFrom: '2027-01-01', reason: 'sold off as spare parts', businessDate: '2026-12-15' },
};

describe('warranty terms of a product', () => {
  it('W-02: numbers its versions from one', () => {
    given(decider, []).when(define()).then(defined(1, '2026-01-01'));
    given(decider, [defined(1, '2026-01-01'), takenOff])
      .when(define({ validFrom: '2028-01-01' }))
      .then(defined(2, '2028-01-01'));
  });

  it('W-02: the term in force is the one that became valid last', () => {
    const { state } = given(decider, [defined(1, '2026-01-01'), defined(2, '2026-06-01'), takenOff]);
    expect(termInForce(state, '2025-12-31')).toBeUndefined();
    expect(termInForce(state, '2026-05-31')?.version).toBe(1);
    expect(termInForce(state, '2026-06-01')?.version).toBe(2);
    expect(termInForce(state, '2026-12-31')?.version).toBe(2);
    expect(termInForce(state, '2027-01-01')).toBeNull();
  });

  it('W-02: of two versions valid from the same day the later one holds', () => {
    const { state } = given(decider, [defined(1, '2026-01-01'), defined(2, '2026-01-01')]);
    expect(termInForce(state, '2026-01-01')?.version).toBe(2);
  });

  it('W-03: takes a product off warranty for later deliveries only', () => {
    given(decider, [defined(1, '2026-01-01')])
      .when(takeOff('2027-01-01'))
      .then(takenOff);
    given(decider, [defined(1, '2026-01-01')])
      .when(takeOff('2026-12-14'))
      .thenRefused('LaterDeliveriesOnly', { validFrom: '2026-12-14', today: '2026-12-15' });
    given(decider, [defined(1, '2026-01-01'), takenOff])
      .when(takeOff('2027-02-01'))
      .then();
  });

  it('W-02: refuses a term that covers nothing, is out of range or below the minimum', () => {
    const empty = given(decider, []);
    empty.when(define({ partsMonths: 0, labourMonths: 0, minimumMonths: 0 })).thenRefused('TermWithoutLength', {});
    empty.when(define({ partsMonths: 601 })).thenRefused('TermOutOfRange', { months: [601, 12, 12], most: 600 });
    empty
      .when(define({ minimumMonths: 25 }))
      .thenRefused('TermBelowMinimum', { minimumMonths: 25, partsMonths: 24, labourMonths: 12 });
    empty.when(define({ graceCapDays: 3661 })).thenRefused('GraceOutOfRange', { graceCapDays: 3661, most: 3660 });
  });

  it('W-02: refuses caps in two currencies', () => {
    const caps = {
      claims: null,
      parts: { amountMinor: 1, currency: 'EUR' },
      labour: { amountMinor: 1, currency: 'USD' },
    };
    given(decider, []).when(define({ caps })).thenRefused('CapsInTwoCurrencies', { parts: 'EUR', labour: 'USD' });
  });
});
