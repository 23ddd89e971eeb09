import { addDays, type Decider } from '@kontor/kernel';
import {
  adding,
  answered,
  caseClosed,
  caseOpened,
  caseReopened,
  credited,
  identified,
  noticeIssued,
  promiseIs,
  reservationChanged,
  settled,
  statementConfirmed,
  withCharge,
  withItem,
} from './ledger.changes.ts';
import type { LedgerCommand } from './ledger.commands.ts';
import type { LedgerEvent } from './ledger.events.ts';
import type { LedgerCharge, LedgerItem, LedgerState } from './ledger.state.ts';

/** Total by event type: what every event does to the ledger. */
export const evolveLedger: Decider<LedgerState, LedgerCommand, LedgerEvent>['evolve'] = {
  CreditLimitSet: (state, data) => ({
    ...identified(state, data),
    limit: { limitMinor: data.limitMinor, validFrom: data.businessDate, validUntil: data.validUntil },
  }),
  CreditReserved: (state, data) =>
    answered(reservationChanged(identified(state, data), data.orderId, data.amountMinor), data.orderId, data.attempt),
  CreditRefused: (state, data) =>
    answered(reservationChanged(identified(state, data), data.orderId, 0), data.orderId, data.attempt),
  CreditReleased: (state, data) => reservationChanged(identified(state, data), data.orderId, 0),
  DeliveryEntered: (state, data) => {
    const identifiedState = identified(state, data);
    const reserved = identifiedState.reservations.get(data.orderId) ?? 0;
    const billed = identifiedState.deliveries.get(data.deliveryId)?.billed ?? false;
    const next = reservationChanged(identifiedState, data.orderId, reserved - data.reservationUsedMinor);
    return adding(
      {
        ...next,
        deliveries: next.deliveries.set(data.deliveryId, { amountMinor: data.amountMinor, billed }),
      },
      // The invoice may have been faster than the delivery: then its items are in the exposure already.
      { unbilledMinor: billed ? 0 : data.amountMinor },
    );
  },
  ItemOpened: (state, data) => {
    const item: LedgerItem = {
      instalmentId: data.instalmentId,
      invoiceId: data.invoiceId,
      invoiceNumber: data.invoiceNumber,
      ordinal: data.ordinal,
      invoiceDate: data.invoiceDate,
      dueDate: data.dueDate,
      amountMinor: data.amountMinor,
      openMinor: data.amountMinor,
      movements: [],
      disputes: [],
      level: 0,
      caseId: null,
      interest: null,
    };
    const next: LedgerState = {
      ...identified(state, data),
      items: state.items.set(data.instalmentId, item),
      invoices: state.invoices.set(data.invoiceId, [...(state.invoices.get(data.invoiceId) ?? []), data.instalmentId]),
    };
    const opened = adding(next, { invoicedMinor: data.amountMinor, principalMinor: data.amountMinor });
    if (data.deliveryId === null) return opened;
    const delivery = state.deliveries.get(data.deliveryId);
    return adding(
      {
        ...opened,
        deliveries: opened.deliveries.set(data.deliveryId, { amountMinor: delivery?.amountMinor ?? 0, billed: true }),
      },
      { unbilledMinor: delivery === undefined || delivery.billed ? 0 : -delivery.amountMinor },
    );
  },
  PaymentReceived: (state, data) =>
    credited(settled(identified(state, data), data.allocations, data.businessDate, data.paymentId, 1), {
      sourceId: data.paymentId,
      kind: 'payment',
      orderId: data.orderId ?? null,
      amountMinor: data.amountMinor,
      date: data.businessDate,
      allocations: data.allocations,
      unallocatedMinor: data.unallocatedMinor,
      reversed: false,
    }),
  PaymentAllocated: (state, data) => {
    const credit = state.credits.get(data.paymentId);
    if (credit === undefined) return state;
    const next = settled(state, data.allocations, data.businessDate, data.paymentId, 1);
    return adding(
      {
        ...next,
        credits: next.credits.set(data.paymentId, {
          ...credit,
          allocations: [...credit.allocations, ...data.allocations],
          unallocatedMinor: data.unallocatedMinor,
        }),
      },
      { unallocatedMinor: data.unallocatedMinor - credit.unallocatedMinor },
    );
  },
  PaymentReversed: (state, data) => {
    const credit = state.credits.get(data.paymentId);
    if (credit === undefined) return state;
    const next = settled(state, data.allocations, data.businessDate, data.paymentId, -1);
    return adding(
      {
        ...next,
        credits: next.credits.set(data.paymentId, { ...credit, allocations: [], unallocatedMinor: 0, reversed: true }),
      },
      { unallocatedMinor: -data.unallocatedMinor },
    );
  },
  CreditNoteApplied: (state, data) =>
    credited(settled(identified(state, data), data.allocations, data.businessDate, data.creditNoteId, 1), {
      sourceId: data.creditNoteId,
      kind: 'credit-note',
      orderId: null,
      amountMinor: data.amountMinor,
      date: data.businessDate,
      allocations: data.allocations,
      unallocatedMinor: data.unallocatedMinor,
      reversed: false,
    }),
  ChargePosted: (state, data) => {
    const charge: LedgerCharge = {
      chargeId: data.chargeId,
      component: data.component,
      amountMinor: data.amountMinor,
      openMinor: data.amountMinor,
      dueDate: data.dueDate,
      noticeId: data.noticeId,
      instalmentId: data.instalmentId,
    };
    const posted = adding(
      { ...identified(state, data), charges: state.charges.set(data.chargeId, charge) },
      { chargesMinor: data.amountMinor },
    );
    const { interest, instalmentId } = data;
    if (interest === null || instalmentId === null) return posted;
    return withItem(posted, instalmentId, (item) => ({
      ...item,
      interest: {
        postedMinor: (item.interest?.postedMinor ?? 0) + data.amountMinor,
        until: interest.until,
        rates: interest.rates,
      },
    }));
  },
  ChargeReduced: (state, data) => {
    let next = state;
    for (const { chargeId, amountMinor } of data.reductions)
      next = withCharge(next, chargeId, (charge) => ({
        ...charge,
        openMinor: charge.openMinor - amountMinor,
      }));
    const reducedMinor = data.amountMinor - data.unallocatedMinor;
    next = withItem(next, data.instalmentId, (item) =>
      item.interest === null
        ? item
        : {
            ...item,
            interest: { ...item.interest, postedMinor: item.interest.postedMinor - data.amountMinor },
          },
    );
    next = adding(next, { chargesMinor: -reducedMinor });
    if (data.unallocatedMinor === 0) return next;
    return credited(next, {
      sourceId: data.creditId,
      kind: 'correction',
      orderId: null,
      amountMinor: data.unallocatedMinor,
      date: data.businessDate,
      allocations: [],
      unallocatedMinor: data.unallocatedMinor,
      reversed: false,
    });
  },
  ChargeWaived: (state, data) =>
    adding(
      withCharge(state, data.chargeId, (charge) => ({
        ...charge,
        openMinor: charge.openMinor - data.amountMinor,
      })),
      { chargesMinor: -data.amountMinor },
    ),
  DisputeRaised: (state, data) =>
    withItem(state, data.instalmentId, (item) => ({
      ...item,
      disputes: [
        ...item.disputes,
        {
          disputeId: data.disputeId,
          amountMinor: data.amountMinor,
          reason: data.reason,
          from: data.businessDate,
          to: null,
        },
      ],
    })),
  DisputeResolved: (state, data) =>
    withItem(state, data.instalmentId, (item) => ({
      ...item,
      disputes: item.disputes.map((dispute) =>
        dispute.disputeId === data.disputeId ? { ...dispute, to: data.businessDate } : dispute,
      ),
    })),
  PromiseMade: (state, data) => ({
    ...state,
    promises: state.promises.set(data.promiseId, {
      promiseId: data.promiseId,
      instalmentIds: data.instalmentIds,
      amountMinor: data.amountMinor,
      madeOn: data.businessDate,
      promisedOn: data.promisedOn,
      graceDays: data.graceDays,
      lastDay: addDays(data.promisedOn, data.graceDays),
      status: 'open',
      movementsBefore: data.instalmentIds.map((id) => state.items.get(id)?.movements.length ?? 0),
      creditsBefore: state.credits,
    }),
  }),
  PromiseKept: promiseIs('kept'),
  PromiseBroken: promiseIs('broken'),
  DunningPaused: (state, data) => ({
    ...state,
    pauses: [...state.pauses, { instalmentId: data.instalmentId, from: data.businessDate, until: data.until }],
  }),
  DunningResumed: (state, data) => ({
    ...state,
    pauses: state.pauses.map((pause) =>
      pause.instalmentId === data.instalmentId && pause.until >= data.businessDate
        ? { ...pause, until: addDays(data.businessDate, -1) }
        : pause,
    ),
  }),
  DunningCaseOpened: caseOpened,
  DunningCaseClosed: caseClosed,
  DunningCaseReopened: caseReopened,
  DunningNoticeIssued: noticeIssued,
  AccountRestricted: (state, data) => ({
    ...state,
    restriction: { restriction: data.restriction, reason: data.reason },
  }),
  AccountReleased: (state) => ({ ...state, restriction: null }),
  StatementConfirmed: statementConfirmed,
  EntryRefused: (state, data) => {
    const known = identified(state, data);
    return { ...known, refusedEntries: known.refusedEntries.set(data.documentId, data.code) };
  },
};
