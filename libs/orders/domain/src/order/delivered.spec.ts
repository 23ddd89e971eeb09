import { describe, expect, it } from '@jest/globals';
import { fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import { IDS } from '../lines/lines.scenarios.ts';
import type { RecordDelivery } from './order.commands.ts';
import { orderDecider } from './order.decider.ts';
import type { DeliveryRecorded } from './order.events.ts';
import { creditRequested, deliveryRecorded, orderConfirmed, orderPlaced } from './order.scenarios.ts';
import { fulfilment, lineFacets } from './order.state.ts';

const confirmed = [orderPlaced, creditRequested, orderConfirmed];
const [pieces, hours] = deliveryRecorded.data.lines;
if (pieces === undefined || hours === undefined) throw new Error('the delivery has two lines');

const deliver: RecordDelivery = {
  type: 'RecordDelivery',
  deliveryId: IDS.delivery,
  number: 'D-2026-000001',
  lines: [{ lineId: 1, quantity: { value: 3, scale: 0 }, serials: ['S-1', 'S-2', 'S-3'] }],
  businessDate: '2026-04-20',
  today: '2026-04-20',
};
const allPieces: DeliveryRecorded = {
  type: 'DeliveryRecorded',
  data: {
    ...deliveryRecorded.data,
    lines: [{ ...pieces, quantity: { value: 3, scale: 0 }, amountMinor: 285_000, serials: ['S-1', 'S-2', 'S-3'] }],
    amountMinor: 285_000,
  },
};
const allHours: DeliveryRecorded = {
  type: 'DeliveryRecorded',
  data: {
    ...deliveryRecorded.data,
    deliveryId: IDS.delivery2,
    number: 'D-2026-000002',
    lines: [{ ...hours, quantity: { value: 25, scale: 1 }, amountMinor: 24_998 }],
    amountMinor: 24_998,
    completesOrder: true,
  },
};
const delivered = [...confirmed, allPieces, allHours];
const ends = { reason: 'No longer wanted', businessDate: '2026-05-02' };

describe('an order that is delivered line by line', () => {
  it('O-10: is complete with its last line, not with a whole one; a delivery of today is one', () => {
    given(orderDecider, confirmed).when(deliver).then(allPieces);
    given(orderDecider, [...confirmed, allPieces])
      .when({
        ...deliver,
        deliveryId: IDS.delivery2,
        number: 'D-2026-000002',
        lines: [{ lineId: 2, quantity: { value: 25, scale: 1 }, serials: [] }],
      })
      .then(allHours);
  });

  it('O-10: may be delivered on the day of the order', () => {
    const sameDay = orderPlaced.data.businessDate;
    given(orderDecider, confirmed)
      .when({ ...deliver, businessDate: sameDay })
      .then({ ...allPieces, data: { ...allPieces.data, businessDate: sameDay } });
  });

  it('O-06: is open, partly delivered and delivered, as a whole and in each line', () => {
    const seen = [confirmed, [...confirmed, allPieces], delivered].map((history) => {
      const { order } = fold(orderDecider, history);
      if (order === null) throw new Error('the order is there');
      return [fulfilment(order), ...lineFacets(order).map((line) => line.fulfilment)];
    });
    expect(seen).toEqual([
      ['open', 'open', 'open'],
      ['partly-delivered', 'delivered', 'open'],
      ['delivered', 'delivered', 'delivered'],
    ]);
  });

  it('O-13: once delivered, nothing of it is cancelled or closed short', () => {
    given(orderDecider, delivered)
      .when({ type: 'CancelOrder', ...ends })
      .thenRefused('NothingLeftToCancel', { commercial: 'confirmed', delivered: true });
    given(orderDecider, delivered)
      .when({ type: 'CloseOrderShort', ...ends })
      .thenRefused('OrderNotPartlyDelivered', { commercial: 'confirmed', deliveries: 2 });
  });

  it('O-13: an order that is not there is not retried, cancelled, closed short or reopened', () => {
    for (const command of [
      { type: 'RetryCredit', businessDate: '2026-04-05' },
      { type: 'CancelOrder', ...ends },
      { type: 'CloseOrderShort', ...ends },
      { type: 'ReopenOrder', restriction: null, ...ends },
    ] as const)
      given(orderDecider, []).when(command).thenRefused('OrderUnknown', {});
  });
});
