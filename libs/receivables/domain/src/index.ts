export { derivedId } from './derived-id.ts';
export { creditNoteAggregate } from './credit-note/credit-note.codec.ts';
export type { CreditNoteState } from './credit-note/credit-note.decider.ts';
export type { CreditNoteCommand } from './credit-note/credit-note.commands.ts';
export type { CreditNoteEvent } from './credit-note/credit-note.events.ts';
export type { DunningCalendarCommand } from './dunning-calendar/dunning-calendar.commands.ts';
export { dunningCalendarAggregate } from './dunning-calendar/dunning-calendar.codec.ts';
export {
  beginOf,
  decidedDate,
  type DunningCalendarState,
  runFault,
  type RunRecord,
} from './dunning-calendar/dunning-calendar.decider.ts';
export type {
  DateDecidedData,
  DecidedNoticeSummary,
  DunningCalendarEvent,
} from './dunning-calendar/dunning-calendar.events.ts';
export { dunningPolicyAggregate } from './dunning-policy/dunning-policy.codec.ts';
export {
  type DunningPolicyEvent,
  type DunningPolicyState,
  type PolicyContent,
  policyFault,
  policyFingerprint,
  policyOf,
  type PolicyStoredData,
  versionWith,
} from './dunning-policy/dunning-policy.decider.ts';
export { planInstalments, singleInstalment, type PaymentPart, type PaymentTerms } from './invoice/instalments.ts';
export { invoiceAggregate } from './invoice/invoice.codec.ts';
export type { InvoiceCommand } from './invoice/invoice.commands.ts';
export { differingFields, instalmentIdOf, type InvoiceState } from './invoice/invoice.decider.ts';
export type { ImportedFrom, InvoiceEvent, InvoiceFacts, InvoiceLine } from './invoice/invoice.events.ts';
export { AGEING_BUCKETS, type AgeingBucket, ageingBucket, ageingOf } from './ledger/ageing.ts';
export { ALLOCATION_STRATEGY, itemsOf, planAllocation } from './ledger/allocation.ts';
export {
  beforeDunningOf,
  decideDunningDate,
  type DunningLevel,
  type DunningPolicy,
  type DunningVerdict,
  somethingOverdue,
} from './ledger/dunning-rule.ts';
export { exposureOf, type Exposure, type ExposureSwitches } from './ledger/exposure.ts';
export { interestMinor, interestSegments, type DatedRate } from './ledger/interest.ts';
export { ledgerAggregate } from './ledger/ledger.codec.ts';
export type { LedgerCommand } from './ledger/ledger.commands.ts';
export type {
  Allocation,
  DisputeOutcome,
  LedgerEvent,
  LedgerEventData,
  NoticeItem,
  Restriction,
} from './ledger/ledger.events.ts';
export { type LedgerItem, type LedgerState, type NoticeRecord, openOn } from './ledger/ledger.state.ts';
export { NOTICE_MEDIA_TYPE, NOTICE_TEMPLATE, noticeText, noticeTitle } from './notice/notice-text.ts';
export { noticeAggregate } from './notice/notice.codec.ts';
export type { NoticeCommand } from './notice/notice.commands.ts';
export { dispatchIsDue, type NoticeState } from './notice/notice.decider.ts';
export type { NoticeChannel, NoticeEvent, NoticeRenderedData } from './notice/notice.events.ts';
export { numberRangeAggregate } from './number-range/number-range.codec.ts';
export type { DocumentKind, NumberRangeEvent } from './number-range/number-range.decider.ts';
export { creditReservation } from './processes/credit-reservation.process.ts';
export { ledgerKey, numberRangeKey } from './processes/inputs.ts';
export { invoiceNumbering } from './processes/invoice-numbering.process.ts';
export { invoiceIdOf, invoiceOnDelivery } from './processes/invoice-on-delivery.process.ts';
export { itemsOnInvoice } from './processes/items-on-invoice.process.ts';
export { type MovementKind, type Statement, statementOf } from './statement/statement.ts';
export { statementText } from './statement/statement-text.ts';
export { aboveNorm, type Portfolio, portfolioOf, type Standing } from './worklist/bad-states.ts';
export {
  nextStep,
  type NextStep,
  type Priority,
  weightsOf,
  WORKLIST_WEIGHTS,
  worklistPriority,
  type WorklistWeights,
} from './worklist/priority.ts';
export {
  CREDIT_REQUESTED,
  type CreditRequest,
  type Delivery,
  DELIVERY_RECORDED,
  ORDER_CANCELLED,
  ORDER_CLOSED_SHORT,
  type OrderEnding,
} from './processes/inputs.ts';
