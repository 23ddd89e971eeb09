import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { allocationSchema, EXAMPLE, ledgerFields, SERVICE } from './shared.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const principal = (amountMinor: number) => ({
  component: 'principal' as const,
  instalmentId: EXAMPLE.instalmentId,
  chargeId: null,
  amountMinor,
});

export const itemOpened = defineContract(
  SERVICE,
  'item-opened',
  1,
  'An instalment of an issued invoice became an open item: the unit that is due, paid, aged and dunned.',
  schema.object({
    ...ledgerFields,
    invoiceId: schema.uuid(),
    invoiceNumber: schema.text(),
    instalmentId: schema.uuid(),
    ordinal: schema.integer(),
    invoiceDate: schema.date(),
    dueDate: schema.date(),
    amountMinor: schema.integer('minor units of principal'),
    deliveryId: schema.nullable(schema.uuid()),
    externalId: schema.nullable(schema.text()),
  }),
  {
    ...EXAMPLE.ledger,
    invoiceId: EXAMPLE.invoiceId,
    invoiceNumber: 'INV-2026-00001',
    instalmentId: EXAMPLE.instalmentId,
    ordinal: 1,
    invoiceDate: '2026-03-02',
    dueDate: '2026-04-01',
    amountMinor: 60_000,
    deliveryId: EXAMPLE.deliveryId,
    externalId: null,
  },
);
export type ItemOpenedV1 = ContractData<typeof itemOpened>;

export const paymentReceived = defineContract(
  SERVICE,
  'payment-received',
  1,
  'Money came in and was allocated by the strategy named. The business date is the value date. Allocations + unallocated = amount.',
  schema.object({
    ...ledgerFields,
    paymentId: schema.uuid(),
    amount: schema.moneySchema,
    valueDate: schema.date(),
    reference: schema.nullable(schema.text("the payer's reference")),
    orderId: schema.optional(schema.uuid('paid in advance for this order; absent: for what is owed')),
    allocations: schema.list(allocationSchema),
    unallocatedMinor: schema.integer('minor units left as credit on account'),
    strategy: schema.text('named invoices first, then cost, interest, principal by due date'),
  }),
  {
    ...EXAMPLE.ledger,
    paymentId: EXAMPLE.paymentId,
    amount: usd(60_000),
    valueDate: '2026-03-02',
    reference: 'INV-2026-00001',
    allocations: [principal(60_000)],
    unallocatedMinor: 0,
    strategy: 'named-then-cost-interest-principal.v1',
  },
);
export type PaymentReceivedV1 = ContractData<typeof paymentReceived>;

export const paymentAllocated = defineContract(
  SERVICE,
  'payment-allocated',
  1,
  'Credit on account was allocated later. `unallocatedMinor` is what this payment or credit note still has afterwards.',
  schema.object({
    ...ledgerFields,
    paymentId: schema.uuid('the payment, or the credit note, that the credit came from'),
    allocations: schema.list(allocationSchema),
    allocatedMinor: schema.integer('sum of the allocations'),
    unallocatedMinor: schema.integer('credit left of this source'),
    strategy: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    paymentId: EXAMPLE.paymentId,
    allocations: [principal(10_000)],
    allocatedMinor: 10_000,
    unallocatedMinor: 2_500,
    strategy: 'named-then-cost-interest-principal.v1',
  },
);
export type PaymentAllocatedV1 = ContractData<typeof paymentAllocated>;

export const paymentReversed = defineContract(
  SERVICE,
  'payment-reversed',
  1,
  'A payment was reversed: its allocations and its unallocated rest are undone from the business date on.',
  schema.object({
    ...ledgerFields,
    paymentId: schema.uuid(),
    amount: schema.moneySchema,
    allocations: schema.list(allocationSchema, 'what is undone'),
    unallocatedMinor: schema.integer('credit on account that is undone'),
    reason: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    paymentId: EXAMPLE.paymentId,
    amount: usd(60_000),
    allocations: [principal(60_000)],
    unallocatedMinor: 0,
    reason: 'direct debit returned by the bank',
  },
);
export type PaymentReversedV1 = ContractData<typeof paymentReversed>;

export const creditNoteIssued = defineContract(
  SERVICE,
  'credit-note-issued',
  1,
  'A credit note reduced the principal of its invoice; what the invoice no longer owes became credit on account.',
  schema.object({
    ...ledgerFields,
    creditNoteId: schema.uuid(),
    number: schema.text(),
    invoiceId: schema.uuid(),
    amount: schema.moneySchema,
    allocations: schema.list(allocationSchema),
    unallocatedMinor: schema.integer(),
    reason: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    creditNoteId: EXAMPLE.creditNoteId,
    number: 'CN-2026-00001',
    invoiceId: EXAMPLE.invoiceId,
    amount: usd(5_000),
    allocations: [principal(5_000)],
    unallocatedMinor: 0,
    reason: 'one unit arrived scratched',
  },
);
export type CreditNoteIssuedV1 = ContractData<typeof creditNoteIssued>;

export const chargePosted = defineContract(
  SERVICE,
  'charge-posted',
  1,
  'A fee or interest became a receivable component of its own, with a due date of its own; it is in no ageing bucket.',
  schema.object({
    ...ledgerFields,
    chargeId: schema.uuid(),
    component: schema.oneOf(['fee', 'interest']),
    amountMinor: schema.integer(),
    dueDate: schema.date(),
    noticeId: schema.nullable(schema.uuid()),
    instalmentId: schema.nullable(schema.uuid('the instalment that bore the interest')),
  }),
  {
    ...EXAMPLE.ledger,
    chargeId: EXAMPLE.chargeId,
    component: 'fee',
    amountMinor: 1_000,
    dueDate: '2026-04-09',
    noticeId: EXAMPLE.noticeId,
    instalmentId: null,
  },
);
export type ChargePostedV1 = ContractData<typeof chargePosted>;

const reductionSchema = schema.object({ chargeId: schema.uuid(), amountMinor: schema.integer() });

export const chargeReduced = defineContract(
  SERVICE,
  'charge-reduced',
  1,
  'Interest posted before was too much, because a payment was recorded later with an earlier value date.',
  schema.object({
    ...ledgerFields,
    component: schema.oneOf(['interest']),
    instalmentId: schema.uuid(),
    amountMinor: schema.integer('the whole correction, positive'),
    reductions: schema.list(reductionSchema, 'what was taken off charges that are still open'),
    unallocatedMinor: schema.integer('the part that had been paid, now credit on account'),
    reason: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    component: 'interest',
    instalmentId: EXAMPLE.instalmentId,
    amountMinor: 312,
    reductions: [{ chargeId: EXAMPLE.chargeId, amountMinor: 312 }],
    unallocatedMinor: 0,
    reason: 'payment of 2026-03-15 recorded on 2026-04-12',
  },
);
export type ChargeReducedV1 = ContractData<typeof chargeReduced>;

export const chargeWaived = defineContract(
  SERVICE,
  'charge-waived',
  1,
  'What was open of a fee or of interest was waived.',
  schema.object({
    ...ledgerFields,
    chargeId: schema.uuid(),
    component: schema.oneOf(['fee', 'interest']),
    amountMinor: schema.integer('what was open and is waived'),
    reason: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    chargeId: EXAMPLE.chargeId,
    component: 'fee',
    amountMinor: 1_000,
    reason: 'goodwill, first delay in five years',
  },
);
export type ChargeWaivedV1 = ContractData<typeof chargeWaived>;
