import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { IDS } from '../lines/lines.scenarios.ts';
import { orderDecider } from './order.decider.ts';
import {
  creditAnswerDisregarded,
  creditRequested,
  deliveryRecorded,
  orderCancelled,
  orderClosedShort,
  orderConfirmed,
  orderHeld,
  orderPlaced,
  orderReopened,
  placeOrder,
} from './order.scenarios.ts';
import { fulfilment, lineFacets, undeliveredMinor } from './order.state.ts';

const placed = [orderPlaced, creditRequested];
const confirmed = [...placed, orderConfirmed];
const partly = [...confirmed, deliveryRecorded];
const date = { businessDate: '2026-04-02' };
const confirm = { type: 'ConfirmOrder', orderId: IDS.order, attempt: 1, ...date } as const;
const { code, sentence } = orderHeld.data;
const hold = { type: 'HoldOrder', orderId: IDS.order, attempt: 1, code, sentence, ...date } as const;

describe('order', () => {
  it('O-06: is taken, and asks for credit in the same breath', () => {
    given(orderDecider, [])
      .when(placeOrder)
      .then(...placed);
  });

  it('O-06: is placed with a number, lines and a promise that does not lie in the past, and once', () => {
    given(orderDecider, [])
      .when({ ...placeOrder, number: null })
      .thenRefused('NumberMissing', {});
    given(orderDecider, [])
      .when({ ...placeOrder, lines: [] })
      .thenRefused('LinesMissing', {});
    given(orderDecider, [])
      .when({ ...placeOrder, promisedDate: '2026-04-01' })
      .thenRefused('PromisedBeforeOrdered', { promisedDate: '2026-04-01', businessDate: '2026-04-02' });
    given(orderDecider, placed).when(placeOrder).thenRefused('OrderAlreadyPlaced', { number: 'O-2026-000001' });
  });

  it('O-04: an order from a quote that is placed already is placed', () => {
    const fromQuote = { ...placeOrder, quoteId: IDS.quote, quoteVersion: 1 };
    const event = { ...orderPlaced, data: { ...orderPlaced.data, quoteId: IDS.quote, quoteVersion: 1 } };
    given(orderDecider, []).when(fromQuote).then(event, creditRequested);
    given(orderDecider, [event, creditRequested]).when(fromQuote).then();
  });

  it('R-14: a blocked account places no order', () => {
    given(orderDecider, [])
      .when({ ...placeOrder, restriction: 'block-new-orders' })
      .thenRefused('AccountRestricted', { accountId: IDS.account, restriction: 'block-new-orders' });
  });

  it('R-14: an account that must pay in advance has no days to pay', () => {
    given(orderDecider, [])
      .when({ ...placeOrder, restriction: 'prepayment-only', paymentTermBase: 'end-of-month' })
      .then({ ...orderPlaced, data: { ...orderPlaced.data, paymentTermDays: 0 } }, creditRequested);
  });

  it('R-14: what is held until it is paid asks for credit again when money for it has come', () => {
    const resume = { type: 'ResumeOnPrepayment', orderId: IDS.order, businessDate: '2026-04-01' } as const;
    const unpaid = { ...orderHeld, data: { ...orderHeld.data, code: 'PrepaymentRequired' } };
    // Dated when the order was placed, where the money is older.
    given(orderDecider, [...placed, unpaid])
      .when(resume)
      .then({ ...creditRequested, data: { ...creditRequested.data, attempt: 2 } });
    for (const history of [[], placed, confirmed, [...placed, orderHeld], [...placed, unpaid, orderCancelled]])
      given(orderDecider, history).when(resume).then();
  });

  it('O-07: credit reserved confirms, credit refused holds with the reason', () => {
    given(orderDecider, placed).when(confirm).then(orderConfirmed);
    given(orderDecider, placed).when(hold).then(orderHeld);
  });

  it('O-07: an answer that is not waited for changes nothing, and leaves its trace', () => {
    given(orderDecider, [...placed, orderCancelled])
      .when(confirm)
      .then(creditAnswerDisregarded);
    given(orderDecider, confirmed)
      .when(hold)
      .then({
        type: 'CreditAnswerDisregarded',
        data: { ...creditAnswerDisregarded.data, answer: 'refused', because: 'confirmed' },
      });
    given(orderDecider, [])
      .when(confirm)
      .then({
        type: 'CreditAnswerDisregarded',
        data: { ...creditAnswerDisregarded.data, because: 'unknown' },
      });
  });

  it('O-07: an answer to an attempt before the last is not taken for the last', () => {
    const secondRequest = { ...creditRequested, data: { ...creditRequested.data, attempt: 2 } };
    given(orderDecider, [...placed, orderHeld, secondRequest])
      .when(confirm)
      .then({
        type: 'CreditAnswerDisregarded',
        data: { ...creditAnswerDisregarded.data, because: 'attempt 2 is the last one' },
      });
  });

  it('O-07: a held order asks again under the next attempt; another does not', () => {
    given(orderDecider, [...placed, orderHeld])
      .when({ type: 'RetryCredit', businessDate: '2026-04-09' })
      .then({ ...creditRequested, data: { ...creditRequested.data, attempt: 2, businessDate: '2026-04-09' } });
    given(orderDecider, confirmed)
      .when({ type: 'RetryCredit', ...date })
      .thenRefused('OrderNotHeld', { commercial: 'confirmed' });
  });

  it('O-13: cancelling says what was not delivered', () => {
    const cancel = { type: 'CancelOrder', reason: 'The client closed the branch', businessDate: '2026-04-05' } as const;
    for (const history of [placed, [...placed, orderHeld], confirmed])
      given(orderDecider, history).when(cancel).then(orderCancelled);
    given(orderDecider, partly)
      .when(cancel)
      .then({ ...orderCancelled, data: { ...orderCancelled.data, undeliveredMinor: 109_999 } });
    given(orderDecider, [...placed, orderCancelled])
      .when(cancel)
      .thenRefused('NothingLeftToCancel', { commercial: 'cancelled', delivered: false });
  });

  it('O-13: only a partly delivered order is closed short', () => {
    const close = {
      type: 'CloseOrderShort',
      reason: 'The last piece is no longer made',
      businessDate: '2026-05-02',
    } as const;
    given(orderDecider, partly).when(close).then(orderClosedShort);
    given(orderDecider, confirmed)
      .when(close)
      .thenRefused('OrderNotPartlyDelivered', { commercial: 'confirmed', deliveries: 0 });
  });

  it('O-13: reopening asks for credit again, so that no order comes back around the check', () => {
    const reopen = {
      type: 'ReopenOrder',
      reason: 'A piece was found',
      restriction: null,
      businessDate: '2026-05-10',
    } as const;
    const ended = [...partly, orderClosedShort];
    const again = {
      ...creditRequested,
      data: { ...creditRequested.data, attempt: 2, amountMinor: 109_999, businessDate: '2026-05-10' },
    };
    given(orderDecider, ended).when(reopen).then(orderReopened, again);
    given(orderDecider, ended)
      .when({ ...reopen, restriction: 'block-new-orders' })
      .thenRefused('AccountRestricted', { accountId: IDS.account, restriction: 'block-new-orders' });
    given(orderDecider, confirmed).when(reopen).thenRefused('OrderNotEnded', { commercial: 'confirmed' });
    expect(given(orderDecider, [...ended, orderReopened, again]).state.order?.commercial).toBe('awaiting-credit');
  });

  it('O-13: nothing of an order is dated before it', () => {
    const dated = { reason: 'A typing error', businessDate: '2026-04-01' };
    for (const type of ['CancelOrder', 'CloseOrderShort'] as const)
      given(orderDecider, partly)
        .when({ type, ...dated })
        .thenRefused('DatedBeforeOrder', { businessDate: '2026-04-01', ordered: '2026-04-02' });
    given(orderDecider, [...partly, orderClosedShort])
      .when({ type: 'ReopenOrder', restriction: null, ...dated })
      .thenRefused('DatedBeforeOrder', { businessDate: '2026-04-01', ordered: '2026-04-02' });
  });

  it('O-06: every line shows its facets beside each other', () => {
    const { order } = given(orderDecider, [...partly, orderClosedShort]).state;
    if (order === null) throw new Error('the order is there');
    expect(lineFacets(order)).toEqual([
      {
        lineId: 1,
        commercial: 'closed-short',
        fulfilment: 'partly-delivered',
        delivered: { value: 2, scale: 0 },
        deliveredMinor: 190_000,
      },
      {
        lineId: 2,
        commercial: 'closed-short',
        fulfilment: 'partly-delivered',
        delivered: { value: 1, scale: 0 },
        deliveredMinor: 9_999,
      },
    ]);
    expect([fulfilment(order), undeliveredMinor(order)]).toEqual(['partly-delivered', 109_999]);
  });
});
