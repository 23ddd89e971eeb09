import { receivablesService } from '@kontor/app-receivables';
import { PostgresEventStore, PostgresKeyVault } from '@kontor/event-store';
import type { LogSource } from '@kontor/feed';
import type pg from 'pg';
import { type Chapter, day, type Fact, fillLog, type Lives, schemaOfLog, uuid } from './log-fill.ts';

const POLICY = uuid('dunning policy');
const FEE_MINOR = 1_000;
const OVERPAID_MINOR = 250;

/** The life of a ledger in four appends: two items opened, dunned with a fee, promised, paid with something left over. */
const CHAPTERS: readonly Chapter[] = [
  { events: 2, tell: opened },
  { events: 3, tell: dunned },
  { events: 1, tell: promised },
  { events: 2, tell: paid },
];

function about(ledger: number, after: number) {
  return {
    accountId: uuid(`account ${ledger}`),
    entityId: 'main',
    currency: 'EUR',
    businessDate: day(ledger, after),
  };
}

function items(ledger: number) {
  return [1, 2].map((ordinal) => ({
    instalmentId: uuid(`item ${ledger} ${ordinal}`),
    invoiceId: uuid(`invoice ${ledger} ${ordinal}`),
    invoiceNumber: `INV-${ledger}-${ordinal}`,
    dueDate: day(ledger, 30),
    amountMinor: 40_000 + (ledger % 7_000) * ordinal,
  }));
}

function opened(ledger: number): readonly Fact[] {
  return items(ledger).map((item) => [
    'ItemOpened',
    {
      ...about(ledger, 0),
      ...item,
      ordinal: 1,
      invoiceDate: day(ledger, 0),
      deliveryId: null,
      externalId: null,
    },
  ]);
}

function dunned(ledger: number): readonly Fact[] {
  const caseId = uuid(`case ${ledger}`);
  const noticeId = uuid(`notice ${ledger}`);
  const facts = about(ledger, 40);
  const listed = items(ledger).map(({ instalmentId, invoiceNumber, dueDate, amountMinor }) => ({
    instalmentId,
    invoiceNumber,
    dueDate,
    netMinor: amountMinor,
    levelBefore: 0,
    levelAfter: 1,
  }));
  return [
    ['DunningCaseOpened', { ...facts, caseId, policyId: POLICY, policyVersion: 1 }],
    [
      'DunningNoticeIssued',
      {
        ...facts,
        noticeId,
        caseId,
        level: 1,
        items: listed,
        netMinor: listed.reduce((sum, { netMinor }) => sum + netMinor, 0),
        feeMinor: FEE_MINOR,
        interestMinor: 0,
        policyId: POLICY,
        policyVersion: 1,
        ledgerRevision: 1,
      },
    ],
    [
      'ChargePosted',
      {
        ...facts,
        chargeId: uuid(`fee ${ledger}`),
        component: 'fee',
        amountMinor: FEE_MINOR,
        dueDate: facts.businessDate,
        noticeId,
        instalmentId: null,
        interest: null,
      },
    ],
  ];
}

function promised(ledger: number): readonly Fact[] {
  const [first] = items(ledger);
  const facts = {
    ...about(ledger, 45),
    promiseId: uuid(`promise ${ledger}`),
    instalmentIds: [first?.instalmentId],
    amountMinor: first?.amountMinor,
    promisedOn: day(ledger, 55),
    graceDays: 3,
  };
  return [['PromiseMade', facts]];
}

function paid(ledger: number): readonly Fact[] {
  const facts = about(ledger, 50);
  const fee = { component: 'fee', instalmentId: null, chargeId: uuid(`fee ${ledger}`), amountMinor: FEE_MINOR };
  const principal = items(ledger).map(({ instalmentId, amountMinor }) => ({
    component: 'principal',
    instalmentId,
    chargeId: null,
    amountMinor,
  }));
  const allocations = [fee, ...principal];
  const paymentId = uuid(`payment ${ledger}`);
  return [
    [
      'PaymentReceived',
      {
        ...facts,
        paymentId,
        amountMinor: allocations.reduce((sum, { amountMinor }) => sum + amountMinor, OVERPAID_MINOR),
        valueDate: facts.businessDate,
        reference: null,
        allocations,
        unallocatedMinor: OVERPAID_MINOR,
        strategy: 'named-then-cost-interest-principal.v1',
      },
    ],
    ['DunningCaseClosed', { ...facts, caseId: uuid(`case ${ledger}`), settledBy: paymentId }],
  ];
}

const LEDGERS: Lives = {
  service: 'receivables',
  category: 'ledger',
  idOf: (ledger) => uuid(`ledger ${ledger}`),
  chapters: CHAPTERS,
};

/** Fills the log of receivables with the lives of ledgers, eight events each. */
export async function writeLedgers(pool: pg.Pool, events: number): Promise<bigint> {
  return fillLog(pool, LEDGERS, events);
}

/** The log of receivables as the platform reads it. */
export async function ledgerSource(pool: pg.Pool): Promise<LogSource & { readonly store: PostgresEventStore }> {
  await PostgresKeyVault.migrate(pool);
  return {
    store: new PostgresEventStore({ pool, schema: schemaOfLog(LEDGERS.service) }),
    publication: receivablesService.publication,
    codecs: receivablesService.aggregates.map(({ codec }) => codec),
  };
}
