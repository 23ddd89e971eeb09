import { exposureOf, type LedgerState } from '@kontor/receivables-domain';

/** A ledger as it is shown: amounts with their currency, the exposure explained by its parts. */
export function ledgerView(ledgerId: string, state: LedgerState) {
  const currency = state.identity?.currency ?? '';
  const money = (amountMinor: number) => ({ amountMinor, currency });
  const exposure = exposureOf(state);
  return {
    id: ledgerId,
    ...state.identity,
    limit: state.limit === null ? null : { amount: money(state.limit.limitMinor), validUntil: state.limit.validUntil },
    exposure: {
      total: money(exposure.totalMinor),
      openPrincipal: money(exposure.principalMinor),
      openCharges: money(exposure.chargesMinor),
      reserved: money(exposure.reservedMinor),
      unbilledDeliveries: money(exposure.unbilledMinor),
      unallocatedCredit: money(exposure.unallocatedMinor),
    },
    restriction: state.restriction,
    reservations: Object.entries(state.reservations).map(([orderId, amountMinor]) => ({
      orderId,
      amount: money(amountMinor),
    })),
    items: Object.values(state.items).map((item) => ({
      instalmentId: item.instalmentId,
      invoiceId: item.invoiceId,
      invoiceNumber: item.invoiceNumber,
      ordinal: item.ordinal,
      invoiceDate: item.invoiceDate,
      dueDate: item.dueDate,
      amount: money(item.amountMinor),
      open: money(item.openMinor),
      level: item.level,
      movements: item.movements,
      disputes: item.disputes,
    })),
    charges: Object.values(state.charges).map((charge) => ({
      chargeId: charge.chargeId,
      component: charge.component,
      amount: money(charge.amountMinor),
      open: money(charge.openMinor),
      dueDate: charge.dueDate,
      noticeId: charge.noticeId,
      instalmentId: charge.instalmentId,
    })),
    credits: Object.values(state.credits).map((credit) => ({
      sourceId: credit.sourceId,
      kind: credit.kind,
      amount: money(credit.amountMinor),
      unallocated: money(credit.unallocatedMinor),
      date: credit.date,
      reversed: credit.reversed,
      allocations: credit.allocations,
    })),
    promises: Object.values(state.promises).map((promise) => ({
      promiseId: promise.promiseId,
      instalmentIds: promise.instalmentIds,
      amount: money(promise.amountMinor),
      madeOn: promise.madeOn,
      promisedOn: promise.promisedOn,
      graceDays: promise.graceDays,
      status: promise.status,
    })),
    pauses: state.pauses,
    dunning: {
      openCase: state.dunning.openCase,
      decidedThrough: state.dunning.decidedThrough,
      notices: state.dunning.notices.map(({ noticeId, caseId, date, level }) => ({ noticeId, caseId, date, level })),
    },
  };
}
