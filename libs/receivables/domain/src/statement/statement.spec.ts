import { describe, expect, it } from '@jest/globals';
import { addDays, decide } from '@kontor/kernel';
import fc from 'fast-check';
import type { LedgerCommand, LedgerCommandOf } from '../ledger/ledger.commands.ts';
import { ledgerDecider } from '../ledger/ledger.decider.ts';
import { after, dun, id, item, of, on, pay } from '../ledger/ledger.scenarios.ts';
import type { LedgerEvent } from '../ledger/ledger.events.ts';
import { statementOf } from './statement.ts';
import { statementText } from './statement-text.ts';

const START = [
  item(1, { invoiceDate: '2026-01-10', dueDate: '2026-02-10', amountMinor: 100_000 }),
  item(2, { invoiceDate: '2026-02-05', dueDate: '2026-03-05', amountMinor: 50_000 }),
];

const reverse = (n: number, date: string, asError = false): LedgerCommand => ({
  type: 'ReversePayment',
  ...on(date),
  paymentId: id(300 + n),
  reason: 'returned by the bank',
  asError,
  today: '2026-12-31',
});

/** A year of an account: paid too much, dunned with a fee, a payment returned. */
function history(): readonly LedgerEvent[] {
  const { events } = after(
    START,
    pay(1, 60_000, '2026-02-01', { reference: 'for INV-1' }),
    dun('2026-02-12'),
    dun('2026-02-20'),
    pay(2, 100_000, '2026-02-25'),
    reverse(1, '2026-03-02'),
  );
  return [...START, ...events];
}

describe('a statement of account', () => {
  it('R-16: opening and movements are the closing balance, fees included and credit on account deducted', () => {
    const statement = statementOf(history(), '2026-02-01', '2026-02-28');
    expect(
      statement.lines.map(({ date, kind, amountMinor, balanceMinor }) => [date, kind, amountMinor, balanceMinor]),
    ).toEqual([
      ['2026-02-01', 'payment', -60_000, 40_000],
      ['2026-02-05', 'invoice', 50_000, 90_000],
      ['2026-02-20', 'fee', 1_000, 91_000],
      ['2026-02-25', 'payment', -100_000, -9_000],
    ]);
    const { openingMinor, debitMinor, creditMinor, closingMinor } = statement;
    expect({ openingMinor, debitMinor, creditMinor, closingMinor }).toEqual({
      openingMinor: 100_000,
      debitMinor: 51_000,
      creditMinor: 160_000,
      closingMinor: -9_000,
    });
  });

  it('R-16: a returned payment is a movement of its own day, and the next period opens where the last one closed', () => {
    const february = statementOf(history(), '2026-02-01', '2026-02-28');
    const march = statementOf(history(), '2026-03-01', '2026-03-31');
    expect(march.openingMinor).toBe(february.closingMinor);
    expect(march.lines).toEqual([
      {
        date: '2026-03-02',
        kind: 'payment-returned',
        amountMinor: 60_000,
        documentId: id(301),
        reference: 'returned by the bank',
        balanceMinor: 51_000,
      },
    ]);
  });

  it('R-16: a fact recorded late stands on its business date', () => {
    const events = [...history(), item(3, { invoiceDate: '2026-02-03', dueDate: '2026-03-03', amountMinor: 700 })];
    expect(
      statementOf(events, '2026-02-01', '2026-02-04').lines.map(({ kind, balanceMinor }) => [kind, balanceMinor]),
    ).toEqual([
      ['payment', 40_000],
      ['invoice', 40_700],
    ]);
  });

  it('R-16: a period without movements says so with its balance', () => {
    expect(statementOf(history(), '2026-05-01', '2026-05-31')).toEqual({
      from: '2026-05-01',
      to: '2026-05-31',
      openingMinor: 51_000,
      lines: [],
      debitMinor: 0,
      creditMinor: 0,
      closingMinor: 51_000,
    });
  });

  it('R-16: whatever happened, it closes on what is open less credit on account, and periods follow each other', () => {
    const day = fc.nat(200).map((days) => addDays('2026-01-01', days));
    const step = fc.oneof(
      fc.record({ kind: fc.constant('pay' as const), n: fc.nat(5), amount: fc.integer({ min: 1, max: 90_000 }), day }),
      fc.record({ kind: fc.constant('reverse' as const), n: fc.nat(5), asError: fc.boolean(), day }),
      fc.record({ kind: fc.constant('dun' as const), day }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), day, (steps, cut) => {
        let state = after(START).state;
        const events: LedgerEvent[] = [...START];
        for (const taken of steps) {
          const command =
            taken.kind === 'pay'
              ? pay(taken.n, taken.amount, taken.day)
              : taken.kind === 'dun'
                ? dun(taken.day)
                : reverse(taken.n, taken.day, taken.asError);
          if (decide(ledgerDecider, command, state).kind === 'refused') continue;
          const next = after(state, command);
          state = next.state;
          events.push(...next.events);
        }
        const whole = statementOf(events, '2026-01-01', '2027-12-31');
        const { principalMinor, chargesMinor, unallocatedMinor } = state.totals;
        expect(whole.closingMinor).toBe(principalMinor + chargesMinor - unallocatedMinor);
        expect(whole.openingMinor + whole.debitMinor - whole.creditMinor).toBe(whole.closingMinor);
        const first = statementOf(events, '2026-01-01', cut);
        const second = statementOf(events, addDays(cut, 1), '2027-12-31');
        expect([second.openingMinor, second.closingMinor]).toEqual([first.closingMinor, whole.closingMinor]);
      }),
      { numRuns: 200 },
    );
  });

  it('R-16: is written with every movement and its balance, and a place for the client', () => {
    const text = statementText({
      firmName: 'Kontor GmbH',
      accountNumber: 'A-17',
      accountName: 'Client & Sons',
      currency: 'USD',
      date: '2026-03-01',
      statement: statementOf(history(), '2026-02-01', '2026-02-28'),
    });
    const column = (line: string) => line.split(/ {2,}/u);
    expect(text.split('\n').slice(6, 14).map(column)).toEqual([
      ['Statement of account from 2026-02-01 to 2026-02-28, USD'],
      [''],
      ['Date', 'Document', 'Amount', 'Balance'],
      ['2026-02-01', 'Opening balance', '1000.00'],
      ['2026-02-01', 'Payment for INV-1', '-600.00', '400.00'],
      ['2026-02-05', 'Invoice INV-2', '500.00', '900.00'],
      ['2026-02-20', 'Dunning fee', '10.00', '910.00'],
      ['2026-02-25', 'Payment', '-1000.00', '-90.00'],
    ]);
  });
});

describe("the client's answer", () => {
  const answer = (more: Partial<LedgerCommandOf<'ConfirmStatement'>> = {}): LedgerCommand => ({
    type: 'ConfirmStatement',
    ...on('2026-03-04'),
    confirmationId: id(700),
    from: '2026-02-01',
    to: '2026-02-28',
    closingMinor: -9_000,
    ledgerRevision: 7,
    confirmedMinor: -9_000,
    contactId: null,
    evidence: 'signed act of 4 March',
    ...more,
  });

  it('R-16: is recorded with what the statement came to and what the client has, once', () => {
    const { state, events } = after(history(), answer({ confirmedMinor: -8_000 }), answer({ confirmedMinor: -8_000 }));
    expect(of(events, 'StatementConfirmed')).toEqual([
      {
        ...on('2026-03-04'),
        confirmationId: id(700),
        from: '2026-02-01',
        to: '2026-02-28',
        closingMinor: -9_000,
        confirmedMinor: -8_000,
        ledgerRevision: 7,
        contactId: null,
        evidence: 'signed act of 4 March',
      },
    ]);
    expect(state.confirmations.map(({ date, confirmedMinor }) => [date, confirmedMinor])).toEqual([
      ['2026-03-04', -8_000],
    ]);
  });

  it.each([
    ['a period that ends before it begins', { from: '2026-03-01' }, 'StatementEndsBeforeItBegins'],
    ['a period that has not ended', { to: '2026-03-05' }, 'StatementNotEnded'],
  ] as const)('R-16: refuses %s', (_what, more, code) => {
    const decision = decide(ledgerDecider, answer(more), after(history()).state);
    expect(decision.kind === 'refused' && decision.refusal.code).toBe(code);
  });
});
