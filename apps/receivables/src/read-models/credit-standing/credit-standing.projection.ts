import type { CloudEvent } from '@kontor/kernel';
import type { Projection, Row, RowChange } from '@kontor/projections';
import {
  accountReleased,
  accountRestricted,
  type AccountRestrictedV1,
  chargePosted,
  type ChargePostedV1,
  chargeReduced,
  type ChargeReducedV1,
  chargeWaived,
  type ChargeWaivedV1,
  creditLimitSet,
  type CreditLimitSetV1,
  creditNoteIssued,
  type CreditNoteIssuedV1,
  creditRefused,
  type CreditRefusedV1,
  creditReleased,
  type CreditReleasedV1,
  creditReserved,
  type CreditReservedV1,
  deliveryUnbilled,
  type DeliveryUnbilledV1,
  itemOpened,
  type ItemOpenedV1,
  paymentAllocated,
  type PaymentAllocatedV1,
  paymentReceived,
  type PaymentReceivedV1,
  paymentReversed,
  type PaymentReversedV1,
} from '@kontor/receivables-contracts';
import { idOfSubject } from '../../receivables.streams.ts';
import { creditStanding as creditStandingTable, deliveryCredit, orderCredit } from './credit-standing.tables.ts';

interface LedgerFacts {
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
}
type Deltas = { readonly [Part in 'principal_minor' | 'charges_minor' | 'unallocated_minor']?: number };

/** Sums are exact whatever their size: a row gives numbers while they are, else big integers. */
const sum = (value: unknown, delta: number) => BigInt(value as number | bigint) + BigInt(delta);

function fresh(event: CloudEvent<LedgerFacts>): Row {
  const { accountId, entityId, currency } = event.data;
  return {
    ledger_id: idOfSubject(event.subject),
    account_id: accountId,
    entity_id: entityId,
    currency,
    limit_minor: null,
    limit_valid_until: null,
    principal_minor: 0,
    charges_minor: 0,
    unallocated_minor: 0,
    restriction: null,
  };
}

function standing(event: CloudEvent<LedgerFacts>, change: (row: Row) => Row): RowChange {
  const key = { ledger_id: idOfSubject(event.subject) };
  return { table: 'credit_standing', key, change: (row) => change(row ?? fresh(event)) };
}

function moved(event: CloudEvent<LedgerFacts>, deltas: Deltas): readonly RowChange[] {
  return [
    standing(event, (row) => ({
      ...row,
      principal_minor: sum(row.principal_minor, deltas.principal_minor ?? 0),
      charges_minor: sum(row.charges_minor, deltas.charges_minor ?? 0),
      unallocated_minor: sum(row.unallocated_minor, deltas.unallocated_minor ?? 0),
    })),
  ];
}

/** `sign` 1: money settles; −1: it is taken back. */
function settled(
  event: CloudEvent<LedgerFacts & Pick<PaymentReceivedV1, 'allocations'>>,
  sign: 1 | -1,
  unallocatedMinor: number,
): readonly RowChange[] {
  let principal = 0;
  let charges = 0;
  for (const { component, amountMinor } of event.data.allocations)
    if (component === 'principal') principal += amountMinor;
    else charges += amountMinor;
  return moved(event, {
    principal_minor: -sign * principal,
    charges_minor: -sign * charges,
    unallocated_minor: unallocatedMinor,
  });
}

/** What an order has reserved now: an answer replaces the one before. */
function reserved(event: CloudEvent<LedgerFacts & { readonly orderId: string }>, reservedMinor: number): RowChange {
  return {
    table: 'order_credit',
    put: {
      order_id: event.data.orderId,
      ledger_id: idOfSubject(event.subject),
      reserved_minor: reservedMinor,
    },
  };
}

/** Limit and exposure of every ledger by its parts, as they are now: what says who is above their norm. */
export const creditStanding: Projection = {
  name: 'credit_standing',
  version: 1,
  viewSchema: 'receivables',
  tables: { credit_standing: creditStandingTable, order_credit: orderCredit, delivery_credit: deliveryCredit },
  on: {
    [creditLimitSet.type]: (event: CloudEvent<CreditLimitSetV1>) => [
      standing(event, (row) => ({
        ...row,
        limit_minor: event.data.limit.amountMinor,
        limit_valid_until: event.data.validUntil,
      })),
    ],
    [creditReserved.type]: (event: CloudEvent<CreditReservedV1>) => [
      standing(event, (row) => row),
      reserved(event, event.data.amount.amountMinor),
    ],
    [creditRefused.type]: (event: CloudEvent<CreditRefusedV1>) => [standing(event, (row) => row), reserved(event, 0)],
    [creditReleased.type]: (event: CloudEvent<CreditReleasedV1>) => [reserved(event, 0)],
    [deliveryUnbilled.type]: (event: CloudEvent<DeliveryUnbilledV1>) => {
      const { deliveryId, orderId, amount, reservationUsed } = event.data;
      const ledger_id = idOfSubject(event.subject);
      return [
        standing(event, (row) => row),
        {
          table: 'order_credit',
          key: { order_id: orderId },
          change: (row) => row && { ...row, reserved_minor: sum(row.reserved_minor, -reservationUsed.amountMinor) },
        },
        {
          table: 'delivery_credit',
          key: { delivery_id: deliveryId },
          // The invoice may have been faster.
          change: (row) => {
            const billed = row?.billed === true;
            return { delivery_id: deliveryId, ledger_id, billed, unbilled_minor: billed ? 0 : amount.amountMinor };
          },
        },
      ];
    },
    [itemOpened.type]: (event: CloudEvent<ItemOpenedV1>) => {
      const { deliveryId, amountMinor } = event.data;
      const ledger_id = idOfSubject(event.subject);
      const billed: readonly RowChange[] =
        deliveryId === null
          ? []
          : [
              {
                table: 'delivery_credit',
                put: { delivery_id: deliveryId, ledger_id, billed: true, unbilled_minor: 0 },
              },
            ];
      return [...moved(event, { principal_minor: amountMinor }), ...billed];
    },
    [paymentReceived.type]: (event: CloudEvent<PaymentReceivedV1>) => settled(event, 1, event.data.unallocatedMinor),
    [paymentAllocated.type]: (event: CloudEvent<PaymentAllocatedV1>) => settled(event, 1, -event.data.allocatedMinor),
    [paymentReversed.type]: (event: CloudEvent<PaymentReversedV1>) => settled(event, -1, -event.data.unallocatedMinor),
    [creditNoteIssued.type]: (event: CloudEvent<CreditNoteIssuedV1>) => settled(event, 1, event.data.unallocatedMinor),
    [chargePosted.type]: (event: CloudEvent<ChargePostedV1>) => moved(event, { charges_minor: event.data.amountMinor }),
    [chargeReduced.type]: (event: CloudEvent<ChargeReducedV1>) =>
      moved(event, {
        charges_minor: event.data.unallocatedMinor - event.data.amountMinor,
        unallocated_minor: event.data.unallocatedMinor,
      }),
    [chargeWaived.type]: (event: CloudEvent<ChargeWaivedV1>) =>
      moved(event, { charges_minor: -event.data.amountMinor }),
    [accountRestricted.type]: (event: CloudEvent<AccountRestrictedV1>) => [
      standing(event, (row) => ({ ...row, restriction: event.data.restriction })),
    ],
    [accountReleased.type]: (event: CloudEvent<AccountRestrictedV1>) => [
      standing(event, (row) => ({ ...row, restriction: null })),
    ],
  },
};
