import { accept, laterDate, refuse, type Decider, type Decision } from '@kontor/kernel';
import { priceLines } from '../lines/priced-line.ts';
import { millionths } from '../lines/quantity.ts';
import { recordDelivery } from './delivery.ts';
import type { OrderCommand } from './order.commands.ts';
import type { CreditAnswerDisregarded, OrderEvent } from './order.events.ts';
import {
  isDelivered,
  noOrder,
  progressOf,
  undeliveredMinor,
  type LineProgress,
  type Order,
  type OrderState,
} from './order.state.ts';
import { PREPAYMENT_REQUIRED, refuseRestricted, termsUnder } from './restriction.ts';

export const orderDecider: Decider<OrderState, OrderCommand, OrderEvent> = {
  initial: noOrder,

  evolve: {
    OrderPlaced: (_state, data) => ({
      order: {
        placed: data,
        commercial: 'awaiting-credit',
        attempt: 0,
        hold: null,
        endReason: null,
        deliveries: [],
        progress: {},
      },
    }),
    CreditRequested: (state, data) =>
      change(state, { commercial: 'awaiting-credit', attempt: data.attempt, hold: null, endReason: null }),
    OrderConfirmed: (state) => change(state, { commercial: 'confirmed', hold: null }),
    OrderHeld: (state, data) =>
      change(state, { commercial: 'held', hold: { code: data.code, sentence: data.sentence } }),
    CreditAnswerDisregarded: (state) => state,
    DeliveryRecorded: ({ order }, data) => {
      if (order === null) return noOrder;
      const progress: { [lineId: number]: LineProgress } = { ...order.progress };
      for (const line of data.lines) {
        const before = progressOf(order, line.lineId);
        progress[line.lineId] = {
          deliveredMillionths: before.deliveredMillionths + millionths(line.quantity),
          deliveredMinor: before.deliveredMinor + line.amountMinor,
        };
      }
      return { order: { ...order, deliveries: [...order.deliveries, data], progress } };
    },
    OrderCancelled: (state, data) => change(state, { commercial: 'cancelled', hold: null, endReason: data.reason }),
    OrderClosedShort: (state, data) => change(state, { commercial: 'closed-short', endReason: data.reason }),
    OrderReopened: (state) => state,
  },

  decide: {
    PlaceOrder: (command, { order }) => {
      if (order !== null) {
        // The process OrderFromQuote comes behind the request that placed the order itself: it is already so.
        if (command.quoteId !== null && order.placed.quoteId === command.quoteId) return accept();
        return refuse('OrderAlreadyPlaced', 'This order was placed already.', { number: order.placed.number });
      }
      const restricted = refuseRestricted(command.restriction, command.accountId);
      if (restricted !== null) return restricted;
      const priced = priceLines(command.lines, command.currency);
      if (priced.kind === 'refused') return priced;
      if (command.promisedDate !== null && command.promisedDate < command.businessDate)
        return refuse('PromisedBeforeOrdered', 'The promised date lies before the order.', {
          promisedDate: command.promisedDate,
          businessDate: command.businessDate,
        });
      if (command.number === null) return refuse('NumberMissing', 'An order is placed only with its number.');
      const { type: _type, restriction: _restriction, ...facts } = command;
      const { orderId, entityId, accountId, currency, businessDate } = command;
      return accept(
        {
          type: 'OrderPlaced',
          data: {
            ...facts,
            ...termsUnder(command),
            number: command.number,
            lines: priced.lines,
            totalMinor: priced.totalMinor,
          },
        },
        {
          type: 'CreditRequested',
          data: { orderId, entityId, accountId, currency, attempt: 1, amountMinor: priced.totalMinor, businessDate },
        },
      );
    },

    ConfirmOrder: (command, { order }) => {
      if (order === null || !isAwaited(order, command.attempt)) return disregard(command, 'reserved', order);
      return accept({
        type: 'OrderConfirmed',
        data: { ...head(order, command.businessDate), attempt: command.attempt },
      });
    },

    HoldOrder: (command, { order }) => {
      if (order === null || !isAwaited(order, command.attempt)) return disregard(command, 'refused', order);
      const { attempt, code, sentence } = command;
      return accept({ type: 'OrderHeld', data: { ...head(order, command.businessDate), attempt, code, sentence } });
    },

    // Nothing else waits for it: money for an order that goes on is kept for its invoices.
    ResumeOnPrepayment: ({ businessDate }, { order }) =>
      order?.commercial === 'held' && order.hold?.code === PREPAYMENT_REQUIRED
        ? accept(creditRequest(order, laterDate(businessDate, order.placed.businessDate)))
        : accept(),

    RetryCredit: (command, { order }) => {
      if (order === null) return orderUnknown();
      if (isEarly(order, command)) return datedBeforeOrder(order, command);
      if (order.commercial !== 'held')
        return refuse('OrderNotHeld', `The order is ${order.commercial}; only a held one asks for credit again.`, {
          commercial: order.commercial,
        });
      return accept(creditRequest(order, command.businessDate));
    },

    RecordDelivery: (command, { order }) => (order === null ? orderUnknown() : recordDelivery(command, order)),

    CancelOrder: (command, { order }) => {
      if (order === null) return orderUnknown();
      if (isEarly(order, command)) return datedBeforeOrder(order, command);
      if (isEnded(order) || isDelivered(order))
        return refuse('NothingLeftToCancel', 'Nothing of the order is left to cancel.', {
          commercial: order.commercial,
          delivered: isDelivered(order),
        });
      return accept({ type: 'OrderCancelled', data: ending(order, command) });
    },

    CloseOrderShort: (command, { order }) => {
      if (order === null) return orderUnknown();
      if (isEarly(order, command)) return datedBeforeOrder(order, command);
      if (isEnded(order) || isDelivered(order) || order.deliveries.length === 0)
        return refuse('OrderNotPartlyDelivered', 'Only a partly delivered order is closed short.', {
          commercial: order.commercial,
          deliveries: order.deliveries.length,
        });
      return accept({ type: 'OrderClosedShort', data: ending(order, command) });
    },

    ReopenOrder: (command, { order }) => {
      if (order === null) return orderUnknown();
      if (isEarly(order, command)) return datedBeforeOrder(order, command);
      if (!isEnded(order))
        return refuse('OrderNotEnded', `The order is ${order.commercial}; there is nothing to reopen.`, {
          commercial: order.commercial,
        });
      const restricted = refuseRestricted(command.restriction, order.placed.accountId);
      if (restricted !== null) return restricted;
      return accept(
        { type: 'OrderReopened', data: ending(order, command) },
        creditRequest(order, command.businessDate),
      );
    },
  },
};

function change(state: OrderState, changes: Partial<Order>): OrderState {
  return { order: state.order && { ...state.order, ...changes } };
}

function head(order: Order, businessDate: string) {
  const { orderId, entityId, accountId } = order.placed;
  return { orderId, entityId, accountId, businessDate };
}

function ending(order: Order, command: { readonly reason: string; readonly businessDate: string }) {
  return {
    ...head(order, command.businessDate),
    undeliveredMinor: undeliveredMinor(order),
    currency: order.placed.currency,
    reason: command.reason,
  };
}

/** Exposure rises only by what will still be delivered. */
function creditRequest(order: Order, businessDate: string): OrderEvent {
  return {
    type: 'CreditRequested',
    data: {
      ...head(order, businessDate),
      currency: order.placed.currency,
      attempt: order.attempt + 1,
      amountMinor: undeliveredMinor(order),
    },
  };
}

function isEnded(order: Order): boolean {
  return order.commercial === 'cancelled' || order.commercial === 'closed-short';
}

function isEarly(order: Order, { businessDate }: { readonly businessDate: string }): boolean {
  return businessDate < order.placed.businessDate;
}

function datedBeforeOrder(order: Order, { businessDate }: { readonly businessDate: string }) {
  return refuse('DatedBeforeOrder', `The order was placed on ${order.placed.businessDate}.`, {
    businessDate,
    ordered: order.placed.businessDate,
  });
}

function isAwaited(order: Order, attempt: number): boolean {
  return order.commercial === 'awaiting-credit' && order.attempt === attempt;
}

/** A process's command always leaves an event, so that a redelivery cannot decide otherwise. */
function disregard(
  command: { readonly orderId: string; readonly attempt: number; readonly businessDate: string },
  answer: CreditAnswerDisregarded['data']['answer'],
  order: Order | null,
): Decision<OrderEvent> {
  const { orderId, attempt, businessDate } = command;
  const because =
    order === null
      ? 'unknown'
      : order.attempt === attempt
        ? order.commercial
        : `attempt ${order.attempt} is the last one`;
  return accept({ type: 'CreditAnswerDisregarded', data: { orderId, attempt, answer, because, businessDate } });
}

function orderUnknown() {
  return refuse('OrderUnknown', 'There is no such order.');
}
