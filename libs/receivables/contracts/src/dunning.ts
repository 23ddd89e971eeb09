import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE, ledgerFields, SERVICE } from './shared.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

export const dunningPolicyStored = defineContract(
  SERVICE,
  'dunning-policy-stored',
  1,
  'A version of a dunning policy was stored. A version is never changed; runs and notices name the one they used.',
  schema.object({
    policyId: schema.uuid(),
    version: schema.integer('1, 2, 3, …'),
    entityId: schema.text(),
    currency: schema.text(),
    name: schema.text(),
    daysBetweenNotices: schema.integer(),
    minimumBalance: schema.moneySchema,
    tolerance: schema.moneySchema,
    levels: schema.list(
      schema.object({
        level: schema.integer(),
        daysAfterDue: schema.integer(),
        fee: schema.moneySchema,
        restriction: schema.nullable(schema.oneOf(['block-new-orders', 'prepayment-only'])),
      }),
    ),
    interestRates: schema.list(
      schema.object({ from: schema.date(), rate: schema.integer('a year, in 1/100 000') }),
      'empty: the policy has no interest',
    ),
  }),
  {
    policyId: EXAMPLE.policyId,
    version: 1,
    entityId: 'main',
    currency: 'USD',
    name: 'default',
    daysBetweenNotices: 7,
    minimumBalance: usd(0),
    tolerance: usd(0),
    levels: [
      { level: 1, daysAfterDue: 1, fee: usd(0), restriction: null },
      { level: 2, daysAfterDue: 8, fee: usd(1_000), restriction: null },
      { level: 3, daysAfterDue: 15, fee: usd(4_000), restriction: 'block-new-orders' },
    ],
    interestRates: [],
  },
);
export type DunningPolicyStoredV1 = ContractData<typeof dunningPolicyStored>;

export const dunningDateDecided = defineContract(
  SERVICE,
  'dunning-date-decided',
  1,
  'Every ledger of a legal entity and currency was decided for one business date. A date is decided once.',
  schema.object({
    entityId: schema.text(),
    currency: schema.text(),
    date: schema.date(),
    policyId: schema.uuid(),
    policyVersion: schema.integer(),
    notices: schema.list(
      schema.object({
        noticeId: schema.uuid(),
        accountId: schema.uuid(),
        level: schema.integer(),
        items: schema.integer('item lines of the notice'),
        feeMinor: schema.integer(),
      }),
      'the notices of the date, in ascending account number',
    ),
    businessDate: schema.date(),
  }),
  {
    entityId: 'main',
    currency: 'USD',
    date: '2026-04-09',
    policyId: EXAMPLE.policyId,
    policyVersion: 1,
    notices: [{ noticeId: EXAMPLE.noticeId, accountId: EXAMPLE.ledger.accountId, level: 2, items: 1, feeMinor: 1_000 }],
    businessDate: '2026-04-09',
  },
);
export type DunningDateDecidedV1 = ContractData<typeof dunningDateDecided>;

const caseFields = { ...ledgerFields, caseId: schema.uuid() };

export const dunningCaseOpened = defineContract(
  SERVICE,
  'dunning-case-opened',
  1,
  'A dunning case was opened with its first notice: one account, one currency, one legal entity.',
  schema.object({ ...caseFields, policyId: schema.uuid(), policyVersion: schema.integer() }),
  { ...EXAMPLE.ledger, caseId: EXAMPLE.caseId, policyId: EXAMPLE.policyId, policyVersion: 1 },
);
export type DunningCaseOpenedV1 = ContractData<typeof dunningCaseOpened>;

export const dunningCaseClosed = defineContract(
  SERVICE,
  'dunning-case-closed',
  1,
  'None of the items of the case is open and overdue any more.',
  schema.object(caseFields),
  { ...EXAMPLE.ledger, caseId: EXAMPLE.caseId },
);
export type DunningCaseClosedV1 = ContractData<typeof dunningCaseClosed>;

export const dunningCaseReopened = defineContract(
  SERVICE,
  'dunning-case-reopened',
  1,
  'Something of a closed case is open and overdue again, because a payment was returned: it goes on with its levels.',
  schema.object({ ...caseFields, policyId: schema.uuid(), policyVersion: schema.integer() }),
  { ...EXAMPLE.ledger, caseId: EXAMPLE.caseId, policyId: EXAMPLE.policyId, policyVersion: 1 },
);
export type DunningCaseReopenedV1 = ContractData<typeof dunningCaseReopened>;

export const dunningNoticeIssued = defineContract(
  SERVICE,
  'dunning-notice-issued',
  1,
  'A notice was issued: every item that could rise did so by one level; every eligible item is listed, net.',
  schema.object({
    ...ledgerFields,
    noticeId: schema.uuid(),
    caseId: schema.uuid(),
    level: schema.integer('the highest item level listed'),
    items: schema.list(
      schema.object({
        instalmentId: schema.uuid(),
        invoiceNumber: schema.text(),
        dueDate: schema.date(),
        netMinor: schema.integer(),
        levelBefore: schema.integer(),
        levelAfter: schema.integer(),
      }),
    ),
    netMinor: schema.integer('sum of the items'),
    fee: schema.moneySchema,
    interestMinor: schema.integer('interest posted with this notice'),
    policyId: schema.uuid(),
    policyVersion: schema.integer(),
    ledgerRevision: schema.integer('the revision of the ledger it was decided on'),
  }),
  {
    ...EXAMPLE.ledger,
    businessDate: '2026-04-09',
    noticeId: EXAMPLE.noticeId,
    caseId: EXAMPLE.caseId,
    level: 2,
    items: [
      {
        instalmentId: EXAMPLE.instalmentId,
        invoiceNumber: 'INV-2026-00001',
        dueDate: '2026-04-01',
        netMinor: 60_000,
        levelBefore: 1,
        levelAfter: 2,
      },
    ],
    netMinor: 60_000,
    fee: usd(1_000),
    interestMinor: 0,
    policyId: EXAMPLE.policyId,
    policyVersion: 1,
    ledgerRevision: 14,
  },
);
export type DunningNoticeIssuedV1 = ContractData<typeof dunningNoticeIssued>;
