import * as accounts from '@kontor/accounts-contracts';
import type { CloudEvent, ContractDefinition, Money } from '@kontor/kernel';
import * as orders from '@kontor/orders-contracts';
import * as receivables from '@kontor/receivables-contracts';
import * as warranty from '@kontor/warranty-contracts';

/** How an event is told in a timeline. Titles hold no personal data: they outlive an erasure. */
export interface TimelineEntry {
  readonly type: string;
  readonly kind: string;
  readonly title: (data: never) => string;
  readonly amount: (data: never) => Money | null;
  /** The thing to go by when the event does not name an account. */
  readonly thing: (data: never) => string | null;
  /** Set where the event says to which account a thing belongs. */
  readonly belongs: (data: never) => { readonly thingId: string; readonly accountId: string | null } | null;
  /** A second account that the event concerns. */
  readonly also: (data: never) => string | null;
}

interface Telling<Data> {
  readonly amount?: (data: Data) => Money | null;
  readonly thing?: (data: Data) => string | null;
  readonly belongs?: (data: Data) => { readonly thingId: string; readonly accountId: string | null } | null;
  readonly also?: (data: Data) => string | null;
}

const none = () => null;

function tell<Data>(
  contract: ContractDefinition<Data>,
  kind: string,
  title: (data: Data) => string,
  more: Telling<Data> = {},
): TimelineEntry {
  return { type: contract.type, kind, title, amount: none, thing: none, belongs: none, also: none, ...more };
}

const deal = { thing: (data: { readonly opportunityId: string }) => data.opportunityId };
const claim = { thing: (data: { readonly claimId: string }) => data.claimId };
const unit = { thing: (data: { readonly unitId: string }) => data.unitId };
const total = { amount: (data: { readonly total: Money }) => data.total };
const amount = { amount: (data: { readonly amount: Money }) => data.amount };
const undelivered = { amount: (data: { readonly undelivered: Money }) => data.undelivered };
const minor = {
  amount: (data: { readonly amountMinor: number | null; readonly currency: string }) =>
    data.amountMinor === null ? null : { amountMinor: data.amountMinor, currency: data.currency },
};
const holder = {
  belongs: (data: { readonly unitId: string; readonly accountId: string }) => ({
    thingId: data.unitId,
    accountId: data.accountId,
  }),
};
const formerHolder = { also: (data: { readonly previousAccountId: string }) => data.previousAccountId };

export const timelineEntries: readonly TimelineEntry[] = [
  tell(accounts.accountRegistered, 'account', (data) => `Registered as ${data.kind} ${data.number}`),
  tell(accounts.accountChanged, 'account', () => 'Master data changed'),
  tell(accounts.accountOwnerAssigned, 'account', () => 'Owner assigned'),
  tell(accounts.accountTermsSet, 'account', (data) => `Terms set: ${data.paymentTermDays} days`),
  tell(accounts.contactAdded, 'contact', (data) => titled('Contact added', data.roles.join(', '))),
  tell(accounts.contactChanged, 'contact', (data) => titled('Contact changed', data.roles.join(', '))),
  tell(accounts.opportunityOpened, 'deal', (data) => `Deal opened: ${data.title}`, {
    ...deal,
    belongs: (data) => ({ thingId: data.opportunityId, accountId: data.accountId }),
  }),
  tell(accounts.opportunityStageEntered, 'deal', (data) => titled(`Deal in ${data.stage}`, data.reason), deal),
  tell(accounts.opportunityAmountRevised, 'deal', () => 'Deal amount revised', { ...deal, ...amount }),
  tell(
    accounts.opportunityCloseExpected,
    'deal',
    (data) => `Deal expected to close: ${data.expectedClose ?? 'undated'}`,
    deal,
  ),
  tell(accounts.opportunityAccountAssigned, 'deal', () => 'Deal assigned to the account', {
    belongs: (data) => ({ thingId: data.opportunityId, accountId: data.accountId }),
  }),
  tell(accounts.opportunityOwnerAssigned, 'deal', () => 'Deal owner assigned', deal),
  tell(accounts.opportunityProbabilityOverridden, 'deal', () => 'Deal probability overridden', deal),

  tell(orders.quoteIssued, 'quote', (data) => `Quote ${data.number}, version ${data.version}, issued`, total),
  tell(orders.quoteSuperseded, 'quote', (data) => `Quote version ${data.version} superseded`),
  tell(orders.quoteSent, 'quote', (data) => `Quote version ${data.version} sent`),
  tell(orders.quoteAccepted, 'quote', (data) => `Quote version ${data.version} accepted`),
  tell(orders.quoteDeclined, 'quote', (data) => `Quote version ${data.version} declined`),
  tell(orders.quoteExpired, 'quote', (data) => `Quote version ${data.version} expired`),
  tell(orders.quoteOrdered, 'quote', (data) => `Quote version ${data.version} ordered as ${data.orderNumber}`, total),
  tell(orders.orderPlaced, 'order', (data) => `Order ${data.number} placed`, total),
  tell(orders.creditRequested, 'credit', (data) => `Credit requested, attempt ${data.attempt}`, amount),
  tell(orders.orderConfirmed, 'order', () => 'Order confirmed'),
  tell(orders.orderHeld, 'order', (data) => `Order held: ${data.code}`),
  tell(orders.deliveryRecorded, 'delivery', (data) => `Delivery ${data.number} of ${data.orderNumber}`, amount),
  tell(orders.orderCancelled, 'order', () => 'Order cancelled', undelivered),
  tell(orders.orderClosedShort, 'order', () => 'Order closed short', undelivered),
  tell(orders.orderReopened, 'order', () => 'Order reopened', undelivered),

  tell(receivables.creditLimitSet, 'credit', () => 'Credit limit set', { amount: (data) => data.limit }),
  tell(receivables.creditReserved, 'credit', () => 'Credit reserved', amount),
  tell(receivables.creditRefused, 'credit', (data) => `Credit refused: ${data.code}`, amount),
  tell(receivables.creditReleased, 'credit', () => 'Credit released', amount),
  tell(receivables.deliveryUnbilled, 'credit', () => 'Delivery not yet invoiced', amount),
  tell(receivables.invoiceDrafted, 'invoice', () => 'Invoice drafted', total),
  tell(receivables.invoiceIssued, 'invoice', (data) => `Invoice ${data.number} issued`, total),
  tell(
    receivables.itemOpened,
    'invoice',
    (data) => `Instalment ${data.ordinal} of ${data.invoiceNumber}, due ${data.dueDate}`,
    minor,
  ),
  tell(receivables.invoiceCredited, 'credit-note', () => 'Credit note granted', amount),
  tell(receivables.creditNoteDrafted, 'credit-note', () => 'Credit note drafted', amount),
  tell(receivables.creditNoteNumbered, 'credit-note', (data) => `Credit note ${data.number} numbered`, amount),
  tell(receivables.creditNoteIssued, 'credit-note', (data) => `Credit note ${data.number} issued`, amount),
  tell(receivables.paymentReceived, 'payment', () => 'Payment received', amount),
  tell(receivables.paymentAllocated, 'payment', () => 'Credit on account allocated', {
    amount: (data) => ({ amountMinor: data.allocatedMinor, currency: data.currency }),
  }),
  tell(receivables.paymentReversed, 'payment', () => 'Payment reversed', amount),
  tell(
    receivables.chargePosted,
    'charge',
    (data) => (data.component === 'fee' ? 'Fee posted' : 'Interest posted'),
    minor,
  ),
  tell(receivables.chargeReduced, 'charge', () => 'Interest reduced', minor),
  tell(
    receivables.chargeWaived,
    'charge',
    (data) => (data.component === 'fee' ? 'Fee waived' : 'Interest waived'),
    minor,
  ),
  tell(receivables.disputeRaised, 'dispute', () => 'Dispute raised', minor),
  tell(receivables.disputeResolved, 'dispute', (data) => `Dispute resolved: ${data.outcome}`, minor),
  tell(receivables.promiseMade, 'promise', (data) => `Payment promised by ${data.promisedOn}`, amount),
  tell(receivables.promiseKept, 'promise', () => 'Promise kept', amount),
  tell(receivables.promiseBroken, 'promise', () => 'Promise broken', amount),
  tell(receivables.dunningPaused, 'dunning', (data) => `Dunning paused until ${data.until}`),
  tell(receivables.dunningResumed, 'dunning', () => 'Dunning resumed'),
  tell(receivables.accountRestricted, 'restriction', (data) => `Restricted: ${data.restriction}`),
  tell(receivables.accountReleased, 'restriction', (data) => `Released from ${data.restriction}`),
  tell(
    receivables.statementConfirmed,
    'statement',
    (data) =>
      data.confirmedMinor === data.closingMinor
        ? `Statement to ${data.to} confirmed`
        : `Statement to ${data.to} answered with another balance`,
    { amount: (data) => ({ amountMinor: data.confirmedMinor, currency: data.currency }) },
  ),
  tell(receivables.dunningCaseOpened, 'dunning', () => 'Dunning case opened'),
  tell(receivables.dunningCaseClosed, 'dunning', () => 'Dunning case closed'),
  tell(receivables.dunningCaseReopened, 'dunning', () => 'Dunning case reopened'),
  tell(receivables.dunningNoticeIssued, 'notice', (data) => `Dunning notice, level ${data.level}`, {
    amount: (data) => ({ amountMinor: data.netMinor, currency: data.currency }),
  }),
  tell(receivables.noticeRendered, 'notice', () => 'Dunning notice rendered and kept'),
  tell(receivables.noticeReleased, 'notice', (data) => `Dunning notice released: ${data.channel}`),
  tell(receivables.noticeDispatched, 'notice', (data) => `Dunning notice sent: ${data.channel}`),
  tell(receivables.noticeDispatchFailed, 'notice', () => 'Dunning notice could not be sent'),
  tell(receivables.noticeWithdrawn, 'notice', () => 'Dunning notice withdrawn before it was sent'),

  tell(warranty.unitRegisteredV1, 'unit', (data) => titled(`Unit of ${data.sku} registered`, data.serial), holder),
  tell(warranty.warrantyStartedV1, 'unit', (data) => `Warranty runs to ${data.warrantyEnd}`, unit),
  tell(warranty.unitRedeliveredV1, 'unit', () => 'Unit delivered again', { ...holder, ...formerHolder }),
  tell(warranty.unitTransferredV1, 'unit', () => 'Unit transferred', { ...holder, ...formerHolder }),
  tell(warranty.unitTakenOffWarrantyV1, 'unit', () => 'Unit taken off warranty', unit),
  tell(warranty.unitReplacedV1, 'unit', () => 'Unit replaced', unit),
  tell(warranty.claimOpenedV1, 'claim', (data) => `${data.kind} ${data.number} opened`, {
    amount: (data) => data.damage,
    belongs: (data) => ({ thingId: data.claimId, accountId: data.accountId }),
  }),
  tell(warranty.claimHandedOverV1, 'claim', () => 'Claim handed over', claim),
  tell(warranty.coverageDecidedV1, 'claim', (data) => `Coverage decided: ${data.coverage}`, claim),
  tell(warranty.workOrderOpenedV1, 'claim', (data) => `Work order ${data.number} opened`, claim),
  tell(warranty.repairRecordedV1, 'claim', () => 'Repair recorded', {
    ...claim,
    amount: (data) => ({ amountMinor: data.partsMinor + data.labourMinor, currency: data.currency }),
  }),
  tell(warranty.claimRejectedV1, 'claim', () => 'Claim rejected', claim),
  tell(warranty.claimClosedV1, 'claim', () => 'Claim closed', claim),
  tell(warranty.claimReopenedV1, 'claim', () => 'Claim reopened', claim),
];

function titled(what: string, more: string | null): string {
  return more === null || more === '' ? what : `${what}: ${more}`;
}

/** Every event of a timeline has a business date in its data; CloudEvents repeat it as an extension. */
export type TimelineEvent = CloudEvent<{ readonly businessDate: string; readonly accountId?: string | null }>;
