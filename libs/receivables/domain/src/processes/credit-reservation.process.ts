import type { CloudEvent, ProcessManager } from '@kontor/kernel';
import type { ExposureSwitches } from '../ledger/exposure.ts';
import type { LedgerCommand } from '../ledger/ledger.commands.ts';
import {
  CREDIT_REQUESTED,
  type CreditRequest,
  type Delivery,
  DELIVERY_RECORDED,
  ledgerKey,
  ORDER_CANCELLED,
  ORDER_CLOSED_SHORT,
  type OrderEnding,
  type OrderFacts,
} from './inputs.ts';

const orderOf = (event: CloudEvent) => (event.data as OrderFacts).orderId;

/**
 * O-07: credit follows the order. Requested → reserved or refused; delivered → unbilled; cancelled or closed short →
 * released. `withoutLimit` says what holds for accounts that nobody set a limit for, `exposure` which parts count (absent: all).
 */
export function creditReservation(
  withoutLimit: 'unlimited' | 'zero',
  exposure?: ExposureSwitches,
): ProcessManager<null, LedgerCommand> {
  const release = {
    correlate: orderOf,
    react: (_state: null, event: CloudEvent) => {
      const { orderId, accountId, entityId, businessDate, undelivered } = event.data as OrderEnding;
      return one(undelivered.currency, 'release-credit', {
        type: 'ReleaseCredit',
        accountId,
        entityId,
        currency: undelivered.currency,
        businessDate,
        orderId,
      });
    },
  };
  return {
    name: 'CreditReservation',
    initial: null,
    reactions: {
      [CREDIT_REQUESTED]: {
        correlate: orderOf,
        react: (_state, event) => {
          const { orderId, accountId, entityId, businessDate, attempt, amount } = event.data as CreditRequest;
          return one(amount.currency, 'reserve-credit', {
            type: 'ReserveCredit',
            accountId,
            entityId,
            currency: amount.currency,
            businessDate,
            orderId,
            attempt,
            amountMinor: amount.amountMinor,
            withoutLimit,
            ...(exposure === undefined ? {} : { exposure }),
          });
        },
      },
      [DELIVERY_RECORDED]: {
        correlate: orderOf,
        react: (_state, event) => {
          const { orderId, deliveryId, accountId, entityId, businessDate, amount, completesOrder } =
            event.data as Delivery;
          return one(amount.currency, 'enter-delivery', {
            type: 'EnterDelivery',
            accountId,
            entityId,
            currency: amount.currency,
            businessDate,
            orderId,
            deliveryId,
            amountMinor: amount.amountMinor,
            completesOrder,
            recordsRefusal: true,
          });
        },
      },
      [ORDER_CANCELLED]: release,
      [ORDER_CLOSED_SHORT]: release,
    },
  };
}

function one(currency: string, step: string, command: LedgerCommand) {
  const key = ledgerKey(command.entityId, currency, command.accountId);
  return { state: null, commands: [{ step, aggregate: 'ledger', key, command }] };
}
