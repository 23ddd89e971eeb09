import { describe, expect, it } from '@jest/globals';
import { addDays, type CloudEvent, decide, fold } from '@kontor/kernel';
import { foldInMemory } from '@kontor/projections';
import { exposureOf, ledgerAggregate, type LedgerCommand, type LedgerEvent } from '@kontor/receivables-domain';
import type { StoredEvent } from '@kontor/event-store';
import fc from 'fast-check';
import { receivablesPublication } from '../../outbound/receivables.publication.ts';
import { creditStanding } from './credit-standing.projection.ts';

const { decider } = ledgerAggregate;
const id = (number: number) => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`;
const LEDGER = id(99);

/** What the projection reads: the events of one ledger as they are published. */
function published(events: readonly LedgerEvent[]): readonly CloudEvent[] {
  return events.flatMap(({ type, data }, index) => {
    const contract = receivablesPublication.publish({ type, data: { ...data }, stored: {} as StoredEvent });
    if (contract === undefined) return [];
    const place = { subject: `ledger-${LEDGER}`, position: String(index + 1), revision: index };
    return [{ type: contract.contract, data: contract.data, ...place } as unknown as CloudEvent];
  });
}

function exposureInRows(events: readonly LedgerEvent[]) {
  const { tables, parked } = foldInMemory(creditStanding, published(events));
  expect(parked).toEqual([]);
  const sum = (table: string, column: string) =>
    (tables[table] ?? []).reduce((total, row) => total + Number(row[column]), 0);
  return {
    principalMinor: sum('credit_standing', 'principal_minor'),
    chargesMinor: sum('credit_standing', 'charges_minor'),
    reservedMinor: sum('order_credit', 'reserved_minor'),
    unbilledMinor: sum('delivery_credit', 'unbilled_minor'),
    unallocatedMinor: sum('credit_standing', 'unallocated_minor'),
  };
}

const day = fc.nat(90).map((days) => addDays('2026-01-01', days));
const amount = fc.integer({ min: 1, max: 50_000 });
const few = fc.nat(4);
const on = (businessDate: string) => ({ accountId: id(1), entityId: 'main', currency: 'USD', businessDate });
const policy = {
  policyId: id(9_000),
  version: 1,
  currency: 'USD',
  daysBetweenNotices: 7,
  minimumBalanceMinor: 0,
  toleranceMinor: 0,
  levels: [{ level: 1, daysAfterDue: 1, feeMinor: 700, restriction: 'block-new-orders' as const }],
  interestRates: [{ from: '2026-01-01', rate: 10_000 }],
};

/** Whatever can happen to the exposure of a ledger, in any order. */
const anyCommand: fc.Arbitrary<LedgerCommand> = fc
  .record({ what: fc.nat(8), n: few, amount, day, flag: fc.boolean(), attempt: fc.integer({ min: 1, max: 3 }) })
  .map(({ what, n, amount: amountMinor, day: date, flag, attempt }): LedgerCommand => {
    const facts = on(date);
    const today = '2026-12-31';
    const commands: readonly LedgerCommand[] = [
      { type: 'SetCreditLimit', ...facts, limitMinor: amountMinor, validUntil: null },
      { type: 'ReserveCredit', ...facts, orderId: id(10 + n), attempt, amountMinor, withoutLimit: 'unlimited' },
      { type: 'ReleaseCredit', ...facts, orderId: id(10 + n) },
      {
        ...{ type: 'EnterDelivery', ...facts, orderId: id(10 + n), deliveryId: id(20 + n) },
        ...{ amountMinor, completesOrder: flag },
      },
      {
        ...{ type: 'OpenItems', ...facts, invoiceId: id(30 + n), invoiceNumber: `INV-${n}`, invoiceDate: date },
        ...{ deliveryId: flag ? id(20 + n) : null, externalId: null },
        instalments: [{ instalmentId: id(40 + n), ordinal: 1, dueDate: addDays(date, 10), amountMinor }],
      },
      {
        ...{ type: 'ReceivePayment', ...facts, paymentId: id(50 + n), amountMinor, reference: null },
        ...{ invoiceNumbers: [], today },
      },
      { type: 'ReversePayment', ...facts, paymentId: id(50 + n), reason: 'returned', asError: flag, today },
      {
        ...{ type: 'ApplyCreditNote', ...facts, creditNoteId: id(60 + n), number: `CN-${n}`, invoiceId: id(30 + n) },
        ...{ amountMinor, reason: 'scratched', today },
      },
      {
        ...{ type: 'DecideDunning', ...facts, policy, noticeId: id(1_000 + Number(date.replaceAll('-', ''))) },
        ...{ caseId: id(2_000 + Number(date.replaceAll('-', ''))), ledgerRevision: 0 },
      },
    ];
    return commands[what] as LedgerCommand;
  });

describe('credit standing', () => {
  it('R-04 R-03: its rows sum to the exposure of the ledger, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { minLength: 1, maxLength: 25 }), (commands) => {
        const events: LedgerEvent[] = [];
        let state = decider.initial;
        for (const command of commands) {
          const decision = decide(decider, command, state);
          if (decision.kind === 'refused') continue;
          events.push(...decision.events);
          state = fold(decider, decision.events, state);
        }
        const { totalMinor: _total, ...parts } = exposureOf(state);
        expect(exposureInRows(events)).toEqual(parts);
        const [row] = foldInMemory(creditStanding, published(events)).tables['credit_standing'] ?? [];
        if (row === undefined) return;
        expect([row.limit_minor, row.restriction]).toEqual([
          state.limit?.limitMinor ?? null,
          state.restriction?.restriction ?? null,
        ]);
      }),
      { numRuns: 300 },
    );
  });
});
