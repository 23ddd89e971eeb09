import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { addDays, type BusinessDate, decide, fold } from '@kontor/kernel';
import { ageingOf } from './ageing.ts';
import { decideDunningDate, type DunningPolicy } from './dunning-rule.ts';
import type { LedgerCommand } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent, LedgerEventData } from './ledger.events.ts';
import type { LedgerState } from './ledger.state.ts';

const FROM = '2012-01-01';
const TO = '2014-03-31';

const POLICY: DunningPolicy = {
  policyId: 'policy',
  version: 1,
  currency: 'USD',
  daysBetweenNotices: 7,
  minimumBalanceMinor: 0,
  toleranceMinor: 0,
  levels: [
    { level: 1, daysAfterDue: 1, feeMinor: 0, restriction: null },
    { level: 2, daysAfterDue: 8, feeMinor: 1_000, restriction: null },
    { level: 3, daysAfterDue: 15, feeMinor: 4_000, restriction: 'block-new-orders' },
  ],
  interestRates: [],
};

function run(state: LedgerState, command: LedgerCommand): readonly [LedgerState, readonly LedgerEvent[]] {
  const decision = decide(ledgerDecider, command, state);
  if (decision.kind === 'refused') throw new Error(`${command.type}: ${decision.refusal.sentence}`);
  return [fold(ledgerDecider, decision.events, state), decision.events];
}

function isoDate(american: string): BusinessDate {
  const [month = '', day = '', year = ''] = american.split('/');
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function importedLedgers(): Map<string, LedgerState> {
  const file = join(process.env.KONTOR_DATA ?? '../shared/data', 'receivables/accounts-receivable.csv');
  const ledgers = new Map<string, LedgerState>();
  for (const line of readFileSync(file, 'utf8').split('\r\n').slice(1)) {
    if (line === '') continue;
    const cells = line.split(',');
    const [, account = '', , number = '', invoiced = '', due = '', amount = '', disputed, settled = ''] = cells;
    const facts = { accountId: account, entityId: 'main', currency: 'USD' };
    const amountMinor = Math.round(Number(amount) * 100);
    const invoiceDate = isoDate(invoiced);
    let state = ledgers.get(account) ?? ledgerDecider.initial;
    const send = (command: LedgerCommand) => {
      [state] = run(state, command);
    };
    send({
      type: 'OpenItems',
      ...facts,
      businessDate: invoiceDate,
      invoiceId: number,
      invoiceNumber: number,
      invoiceDate,
      deliveryId: null,
      externalId: number,
      instalments: [{ instalmentId: `${number}/1`, ordinal: 1, dueDate: isoDate(due), amountMinor }],
    });
    if (disputed === 'Yes')
      send({
        type: 'RaiseDispute',
        ...facts,
        businessDate: invoiceDate,
        disputeId: `dispute ${number}`,
        instalmentId: `${number}/1`,
        amountMinor: null,
        reason: 'disputed',
        ownerId: null,
        deadline: null,
      });
    send({
      type: 'ReceivePayment',
      ...facts,
      businessDate: isoDate(settled),
      paymentId: `payment ${number}`,
      amountMinor,
      reference: number,
      invoiceNumbers: [number],
      today: '2026-01-01',
    });
    if (disputed === 'Yes')
      send({
        type: 'ResolveDispute',
        ...facts,
        businessDate: isoDate(settled),
        disputeId: `dispute ${number}`,
        outcome: 'settled',
      });
    ledgers.set(account, state);
  }
  return ledgers;
}

/** Decides the dates of a range in ascending order, accounts in ascending number. */
function dun(ledgers: Map<string, LedgerState>, from: BusinessDate, to: BusinessDate): readonly LedgerEvent[] {
  const accounts = [...ledgers.keys()].sort();
  const recorded: LedgerEvent[] = [];
  for (let date = from; date <= to; date = addDays(date, 1))
    for (const account of accounts) {
      const state = ledgers.get(account) as LedgerState;
      if (decideDunningDate(state, POLICY, date) === null) continue;
      const [next, events] = run(state, {
        type: 'DecideDunning',
        accountId: account,
        entityId: 'main',
        currency: 'USD',
        businessDate: date,
        policy: POLICY,
        noticeId: `${account} ${date}`,
        caseId: `case ${account} ${date}`,
        ledgerRevision: 0,
      });
      ledgers.set(account, next);
      recorded.push(...events);
    }
  return recorded;
}

function noticesOf(events: readonly LedgerEvent[]): readonly LedgerEventData<'DunningNoticeIssued'>[] {
  return events.flatMap((event) => (event.type === 'DunningNoticeIssued' ? [event.data] : []));
}

describe('the dunning run over two years of real receivables', () => {
  const ledgers = importedLedgers();
  const events = dun(ledgers, FROM, TO);
  const notices = noticesOf(events);

  it('R-09: issues 602 notices, 404 at level 1, 152 at level 2 and 46 at level 3, to 59 accounts', () => {
    const atLevel = (level: number) => notices.filter((notice) => notice.level === level).length;
    expect([notices.length, atLevel(1), atLevel(2), atLevel(3)]).toEqual([602, 404, 152, 46]);
    expect(new Set(notices.map((notice) => notice.accountId)).size).toBe(59);
  });

  it('R-11: lists 641 item lines of 436 different items, net of what is disputed and paid', () => {
    const lines = notices.flatMap((notice) => notice.items);
    expect([lines.length, new Set(lines.map((item) => item.instalmentId)).size]).toEqual([641, 436]);
  });

  it('R-08: charges fees of 3 360.00, of which 2 540.00 by 2013-03-31, each as a component of its own', () => {
    const fees = events.flatMap((event) => (event.type === 'ChargePosted' ? [event.data] : []));
    const sum = (until: BusinessDate) =>
      fees.filter((fee) => fee.businessDate <= until).reduce((total, fee) => total + fee.amountMinor, 0);
    expect([sum(TO), sum('2013-03-31')]).toEqual([336_000, 254_000]);
  });

  it('R-09: writes first on 2012-02-03 to 1604-LIFKX over 97.60 and last on 2014-01-06 to 9323-NDIOV', () => {
    const [first, last] = [notices[0], notices.at(-1)];
    expect([first?.businessDate, first?.accountId, first?.netMinor]).toEqual(['2012-02-03', '1604-LIFKX', 9_760]);
    expect([last?.businessDate, last?.accountId]).toEqual(['2014-01-06', '9323-NDIOV']);
  });

  it('R-15: ages 94 open items of 5 903.74 as of 2013-03-31, and the run changes no bucket', () => {
    const expected = { items: 94, outstandingMinor: 590_374 };
    for (const book of [importedLedgers(), ledgers]) {
      const items = [...book.values()].flatMap((state) => state.items.values());
      const ageing = ageingOf(items, '2013-03-31');
      expect(ageing).toMatchObject(expected);
      expect(ageing.buckets['not-due']).toEqual({ items: 85, amountMinor: 522_237 });
      expect(ageing.buckets['1-30']).toEqual({ items: 9, amountMinor: 68_137 });
    }
  });

  it('R-09: gives the same notices in chunks and when called again', () => {
    const chunked = importedLedgers();
    const again = [
      ...dun(chunked, FROM, '2012-06-30'),
      ...dun(chunked, '2012-06-01', '2013-01-15'),
      ...dun(chunked, '2013-01-16', TO),
      ...dun(chunked, FROM, TO),
    ];
    expect(noticesOf(again)).toEqual(notices);
  });

  it('R-10: leaves no case open when everything was paid', () => {
    expect([...ledgers.values()].filter((state) => state.dunning.openCase !== null)).toEqual([]);
  });
});
