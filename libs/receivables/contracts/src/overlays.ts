import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE, ledgerFields, SERVICE } from './shared.ts';

const disputeExample = {
  ...EXAMPLE.ledger,
  disputeId: EXAMPLE.disputeId,
  instalmentId: EXAMPLE.instalmentId,
  amountMinor: 5_000,
  reason: 'one unit arrived scratched',
};

export const disputeRaised = defineContract(
  SERVICE,
  'dispute-raised',
  1,
  'The client disputes all (amount null) or part of an instalment; the disputed part is not dunned.',
  schema.object({
    ...ledgerFields,
    disputeId: schema.uuid(),
    instalmentId: schema.uuid(),
    amountMinor: schema.nullable(schema.integer('minor units; null: the whole instalment')),
    reason: schema.text(),
    ownerId: schema.nullable(schema.uuid('who has to settle it')),
    deadline: schema.nullable(schema.date()),
  }),
  { ...disputeExample, ownerId: null, deadline: '2026-04-20' },
);
export type DisputeRaisedV1 = ContractData<typeof disputeRaised>;

export const disputeResolved = defineContract(
  SERVICE,
  'dispute-resolved',
  1,
  'A dispute ended; from the business date on the instalment is dunned like any other.',
  schema.object({
    ...ledgerFields,
    disputeId: schema.uuid(),
    instalmentId: schema.uuid(),
    amountMinor: schema.nullable(schema.integer()),
    reason: schema.text(),
    outcome: schema.oneOf(['justified', 'partly-justified', 'unjustified', 'withdrawn', 'settled']),
  }),
  { ...disputeExample, outcome: 'settled' },
);
export type DisputeResolvedV1 = ContractData<typeof disputeResolved>;

const promiseFields = {
  ...ledgerFields,
  promiseId: schema.uuid(),
  instalmentIds: schema.list(schema.uuid()),
  amount: schema.moneySchema,
  promisedOn: schema.date('the day by which the money is promised'),
  graceDays: schema.integer(),
};
const promiseExample = {
  ...EXAMPLE.ledger,
  promiseId: EXAMPLE.promiseId,
  instalmentIds: [EXAMPLE.instalmentId],
  amount: { amountMinor: 60_000, currency: 'USD' },
  promisedOn: '2026-04-15',
  graceDays: 3,
};

export const promiseMade = defineContract(
  SERVICE,
  'promise-made',
  1,
  'The client promised an amount by a date; the instalments named are not dunned until it is kept or broken.',
  schema.object(promiseFields),
  promiseExample,
);
export type PromiseMadeV1 = ContractData<typeof promiseMade>;

export const promiseKept = defineContract(
  SERVICE,
  'promise-kept',
  1,
  'The amount promised was settled with value dates up to the promised day and its grace.',
  schema.object(promiseFields),
  promiseExample,
);
export type PromiseKeptV1 = ContractData<typeof promiseKept>;

export const promiseBroken = defineContract(
  SERVICE,
  'promise-broken',
  1,
  'The promised day and its grace passed without the amount; dunning resumes at the level reached.',
  schema.object(promiseFields),
  promiseExample,
);
export type PromiseBrokenV1 = ContractData<typeof promiseBroken>;

export const dunningPaused = defineContract(
  SERVICE,
  'dunning-paused',
  1,
  'Dunning of the account, or of one instalment, rests up to and including a date; levels stay.',
  schema.object({
    ...ledgerFields,
    instalmentId: schema.nullable(schema.uuid('null: every instalment of the ledger')),
    until: schema.date('the last day without dunning'),
    reason: schema.text(),
  }),
  { ...EXAMPLE.ledger, instalmentId: null, until: '2026-04-30', reason: 'new account manager reconciles first' },
);
export type DunningPausedV1 = ContractData<typeof dunningPaused>;

export const dunningResumed = defineContract(
  SERVICE,
  'dunning-resumed',
  1,
  'A pause was ended early: from the business date on dunning goes on at the levels reached.',
  schema.object({ ...ledgerFields, instalmentId: schema.nullable(schema.uuid()) }),
  { ...EXAMPLE.ledger, instalmentId: null },
);
export type DunningResumedV1 = ContractData<typeof dunningResumed>;

const restrictionFields = {
  ...ledgerFields,
  restriction: schema.oneOf(['block-new-orders', 'prepayment-only']),
  reason: schema.text(),
};

export const accountRestricted = defineContract(
  SERVICE,
  'account-restricted',
  1,
  'The account is restricted in this legal entity; orders obey.',
  schema.object(restrictionFields),
  { ...EXAMPLE.ledger, restriction: 'block-new-orders', reason: 'dunning level 3' },
);
export type AccountRestrictedV1 = ContractData<typeof accountRestricted>;

export const accountReleased = defineContract(
  SERVICE,
  'account-released',
  1,
  'The restriction imposed by this ledger is lifted.',
  schema.object(restrictionFields),
  { ...EXAMPLE.ledger, restriction: 'block-new-orders', reason: 'nothing is open and overdue' },
);
export type AccountReleasedV1 = ContractData<typeof accountReleased>;

export const statementConfirmed = defineContract(
  SERVICE,
  'statement-confirmed',
  1,
  'The client answered a statement of account: the closing balance of our books and of theirs, which may differ.',
  schema.object({
    ...ledgerFields,
    confirmationId: schema.uuid(),
    from: schema.date('first day of the statement'),
    to: schema.date('last day of the statement'),
    closingMinor: schema.integer('minor units; negative when we owe it'),
    confirmedMinor: schema.integer('what the client has; minor units'),
    contactId: schema.nullable(schema.uuid('who answered')),
    evidence: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    confirmationId: '6f9badbe-cfd0-5edf-913c-5d6e7f8a9be1',
    from: '2026-02-01',
    to: '2026-02-28',
    closingMinor: 120_000,
    confirmedMinor: 120_000,
    contactId: EXAMPLE.contactId,
    evidence: 'signed act of 2 March',
  },
);
export type StatementConfirmedV1 = ContractData<typeof statementConfirmed>;
