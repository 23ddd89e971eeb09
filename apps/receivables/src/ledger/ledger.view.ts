import type { BusinessDate } from '@kontor/kernel';
import { exposureOf, type ExposureSwitches, type LedgerState } from '@kontor/receivables-domain';

/** A ledger as it is shown: amounts with their currency, the exposure of today explained by its parts. */
export function ledgerView(ledgerId: string, state: LedgerState, counted: ExposureSwitches, today: BusinessDate) {
  const currency = state.identity?.currency ?? '';
  const money = (amountMinor: number) => ({ amountMinor, currency });
  const exposure = exposureOf(state, counted, today);
  return {
    id: ledgerId,
    ...state.identity,
    limit:
      state.limit === null
        ? null
        : {
            amount: money(state.limit.limitMinor),
            validFrom: state.limit.validFrom,
            validUntil: state.limit.validUntil,
          },
    exposure: {
      total: money(exposure.totalMinor),
      openPrincipal: money(exposure.principalMinor),
      openCharges: money(exposure.chargesMinor),
      reserved: money(exposure.reservedMinor),
      unbilledDeliveries: money(exposure.unbilledMinor),
      unallocatedCredit: money(exposure.unallocatedMinor),
    },
    restriction: state.restriction,
    reservations: state.reservations.entries().map(([orderId, amountMinor]) => ({
      orderId,
      amount: money(amountMinor),
    })),
    items: sorted(state.items, (item) => `${item.dueDate} ${item.invoiceNumber} ${item.ordinal}`).map((item) => ({
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
    charges: sorted(state.charges, (charge) => `${charge.dueDate} ${charge.component} ${charge.chargeId}`).map(
      (charge) => ({
        chargeId: charge.chargeId,
        component: charge.component,
        amount: money(charge.amountMinor),
        open: money(charge.openMinor),
        dueDate: charge.dueDate,
        noticeId: charge.noticeId,
        instalmentId: charge.instalmentId,
      }),
    ),
    credits: sorted(state.credits, (credit) => `${credit.date} ${credit.sourceId}`).map((credit) => ({
      sourceId: credit.sourceId,
      kind: credit.kind,
      amount: money(credit.amountMinor),
      unallocated: money(credit.unallocatedMinor),
      date: credit.date,
      reversed: credit.reversed,
      allocations: credit.allocations,
    })),
    promises: sorted(state.promises, (promise) => `${promise.madeOn} ${promise.promiseId}`).map((promise) => ({
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

function sorted<Value>(map: { values(): readonly Value[] }, keyOf: (value: Value) => string): readonly Value[] {
  return [...map.values()].sort((left, right) => {
    const [a, b] = [keyOf(left), keyOf(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
}
