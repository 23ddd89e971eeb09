import {
  pageFields,
  zBusinessDate,
  zCurrency,
  zEntityId,
  zMoney,
  zPositiveAmountMinor,
  zText,
  zUuid,
} from '@kontor/http';
import { z } from 'zod';

const MAX_REASON = 500;
const MAX_NUMBER = 100;
const MAX_NAMED = 100;

export const zReason = zText(MAX_REASON);
export const zNumber = zText(MAX_NUMBER);
export const zPositiveMoney = zMoney.refine(({ amountMinor }) => amountMinor > 0, {
  path: ['amountMinor'],
  message: 'must be greater than 0',
});
const zNumbers = z.array(zNumber).max(MAX_NAMED);
const when = { businessDate: zBusinessDate.optional() };
/** Which ledger: an account in a legal entity, and the currency. */
const whose = { accountId: zUuid, entityId: zEntityId };

export const CreditLimitBody = z
  .strictObject({ ...whose, ...when, limit: zMoney, validUntil: zBusinessDate.nullable().default(null) })
  .meta({ id: 'SetCreditLimitRequest' });

export const PaymentBody = z
  .strictObject({
    ...whose,
    amount: zPositiveMoney,
    valueDate: zBusinessDate.optional(),
    reference: zText(MAX_REASON).nullable().default(null),
    invoiceNumbers: zNumbers.default([]),
    orderId: zUuid.nullable().default(null),
  })
  .refine(({ orderId, invoiceNumbers }) => orderId === null || invoiceNumbers.length === 0, {
    path: ['orderId'],
    message: 'must not be named together with invoices: what is paid in advance settles nothing yet',
  })
  .meta({
    id: 'ReceivePaymentRequest',
    description:
      'Invoices named, or found in the reference, are paid; the rest goes by rule. ' +
      'With orderId it is kept for the invoices of that order: a held order that must be paid in advance asks for credit again.',
  });

export const ReversePaymentBody = z
  .strictObject({ ...when, reason: zReason, asError: z.boolean().default(false) })
  .meta({
    id: 'ReversePaymentRequest',
    description: 'asError: dated like the payment, visible on the recorded axis only.',
  });

export const AllocateBody = z
  .strictObject({ ...when, invoiceNumbers: zNumbers.default([]), amountMinor: zPositiveAmountMinor.optional() })
  .meta({ id: 'AllocateCreditRequest' });

export const WaiverBody = z
  .strictObject({ ...when, chargeId: zUuid, reason: zReason })
  .meta({ id: 'WaiveChargeRequest' });

export const PauseBody = z
  .strictObject({ ...when, instalmentId: zUuid.nullable().default(null), until: zBusinessDate, reason: zReason })
  .meta({ id: 'PauseDunningRequest' });

export const ResumeBody = z
  .strictObject({ ...when, instalmentId: zUuid.nullable().default(null) })
  .meta({ id: 'ResumeDunningRequest' });

export const DisputeBody = z
  .strictObject({
    ...whose,
    ...when,
    currency: zCurrency,
    invoiceNumber: zNumber.optional(),
    instalmentId: zUuid.optional(),
    amountMinor: zPositiveAmountMinor.nullable().default(null),
    reason: zReason,
    ownerId: zUuid.nullable().default(null),
    deadline: zBusinessDate.nullable().default(null),
  })
  .refine((body) => (body.invoiceNumber === undefined) !== (body.instalmentId === undefined), {
    path: ['invoiceNumber'],
    message: 'name either an invoice number or an instalment',
  })
  .meta({ id: 'RaiseDisputeRequest', description: 'amountMinor null: the whole instalment.' });

export const ResolutionBody = z
  .strictObject({
    ...when,
    outcome: z.enum(['justified', 'partly-justified', 'unjustified', 'withdrawn', 'settled']),
  })
  .meta({ id: 'ResolveDisputeRequest' });

const MAX_GRACE = 60;
export const PromiseBody = z
  .strictObject({
    ...whose,
    ...when,
    amount: zPositiveMoney,
    instalmentIds: z.array(zUuid).max(MAX_NAMED).default([]),
    promisedOn: zBusinessDate,
    graceDays: z.number().int().min(0).max(MAX_GRACE).default(0),
  })
  .meta({ id: 'MakePromiseRequest', description: 'Without instalments: all that is open on the ledger.' });

export const ofLedger = {
  accountId: zUuid.optional(),
  entityId: z.string().max(32).optional(),
  currency: zCurrency.optional(),
};
export const zFlagText = z.enum(['true', 'false']).optional();

export const LedgersQuery = z.strictObject({ ...pageFields, ...ofLedger, accountNumber: zNumber.optional() });
export const PaymentsQuery = z.strictObject({ ...pageFields, ...ofLedger });
export const PromisesQuery = z.strictObject({
  ...pageFields,
  ...ofLedger,
  status: z.enum(['open', 'kept', 'broken']).optional(),
});
export const DisputesQuery = z.strictObject({ ...pageFields, ...ofLedger, open: zFlagText });
