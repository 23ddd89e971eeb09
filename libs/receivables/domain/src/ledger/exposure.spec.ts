import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { ALL_EXPOSURE, exposureOf, type ExposureSwitches } from './exposure.ts';
import type { LedgerCommand } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { after, charge, deliver, id, item, of, on, pay } from './ledger.scenarios.ts';

const limit = (limitMinor: number, day = '2026-01-01'): LedgerCommand => ({
  type: 'SetCreditLimit',
  ...on(day),
  limitMinor,
  validUntil: null,
});
const reserve = (order: number, amountMinor: number, today: string, exposure?: ExposureSwitches): LedgerCommand => ({
  type: 'ReserveCredit',
  ...on(today),
  orderId: id(order),
  attempt: 1,
  amountMinor,
  withoutLimit: 'zero',
  today,
  ...(exposure === undefined ? {} : { exposure }),
});
const answers = (events: readonly LedgerEvent[]) =>
  events.flatMap((event) =>
    event.type === 'CreditReserved' || event.type === 'CreditRefused' ? [[event.type, event.data.exposureMinor]] : [],
  );
/** 800.00 open, a fee of 10.00 on it. */
const debt: LedgerEvent[] = [
  item(1, { dueDate: '2026-01-15', amountMinor: 80_000 }),
  charge(1, 'fee', 1_000, '2026-01-23'),
];

describe('the exposure', () => {
  it('R-03: money with a later value date gives no credit before it is here', () => {
    const { state } = after(debt, limit(100_000), pay(1, 90_000, '2026-02-10', { today: '2026-02-01' }));
    expect(exposureOf(state).totalMinor).toBe(-9_000);
    expect(exposureOf(state, ALL_EXPOSURE, '2026-02-09')).toEqual({
      principalMinor: 80_000,
      chargesMinor: 1_000,
      reservedMinor: 0,
      unbilledMinor: 0,
      unallocatedMinor: 0,
      totalMinor: 81_000,
    });
    expect(answers(after(state, reserve(1, 50_000, '2026-02-09')).events)).toEqual([['CreditRefused', 81_000]]);
    expect(answers(after(state, reserve(1, 50_000, '2026-02-10')).events)).toEqual([['CreditReserved', 41_000]]);
  });

  it('R-14: what is paid in advance for an order carries it from its value date on', () => {
    const restricted: LedgerEvent = {
      type: 'AccountRestricted',
      data: { ...on('2026-01-15'), restriction: 'prepayment-only', reason: 'dunning level 3' },
    };
    const { state } = after(
      [...debt, restricted],
      reserve(1, 5_000, '2026-02-01'),
      pay(1, 5_000, '2026-02-10', { orderId: id(1), today: '2026-02-01' }),
    );
    const again = (today: string) => ({ ...reserve(1, 5_000, today), attempt: 2 }) as LedgerCommand;
    expect(of(after(state, again('2026-02-09')).events, 'CreditRefused')).toMatchObject([
      { code: 'PrepaymentRequired' },
    ]);
    expect(of(after(state, again('2026-02-10')).events, 'CreditReserved')).toHaveLength(1);
  });

  it('R-03: each part can be switched off', () => {
    const { state } = after(
      debt,
      limit(1_000_000),
      reserve(1, 5_000, '2026-02-01'),
      deliver(2_000, '2026-02-02'),
      pay(1, 80_700, '2026-02-03', { invoiceNumbers: ['INV-1'] }),
    );
    // Nothing of the principal is open, 10.00 of charges, 30.00 reserved, 20.00 unbilled, 7.00 on account.
    const without = (part: keyof ExposureSwitches) => exposureOf(state, { ...ALL_EXPOSURE, [part]: false }).totalMinor;
    expect(exposureOf(state).totalMinor).toBe(5_300);
    expect(without('principal')).toBe(5_300);
    expect(without('charges')).toBe(4_300);
    expect(without('reservations')).toBe(2_300);
    expect(without('unbilledDeliveries')).toBe(3_300);
    expect(without('unallocatedCredit')).toBe(6_000);
  });

  it('R-03: where reservations do not count, the own one is not taken off either', () => {
    const exposure = { ...ALL_EXPOSURE, reservations: false };
    const { state } = after(debt, limit(90_000), reserve(1, 5_000, '2026-02-01', exposure));
    const retried = { ...reserve(1, 9_001, '2026-02-01', exposure), attempt: 2 } as LedgerCommand;
    expect(answers(after(state, retried).events)).toEqual([['CreditRefused', 81_000]]);
  });
});

describe('a credit limit', () => {
  it('R-02: of an earlier day does not replace that of a later one; on the same day the later word counts', () => {
    const { state } = after([], limit(100_000, '2026-02-10'), limit(50_000, '2026-02-10'));
    expect(state.limit).toEqual({ limitMinor: 50_000, validFrom: '2026-02-10', validUntil: null });
    given(ledgerDecider, [
      { type: 'CreditLimitSet', data: { ...on('2026-02-10'), limitMinor: 50_000, validUntil: null } },
    ])
      .when(limit(70_000, '2026-02-09'))
      .thenRefused('LaterLimitKnown', { businessDate: '2026-02-09', validFrom: '2026-02-10' });
  });
});
