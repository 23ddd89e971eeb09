import { describe, expect, it } from '@jest/globals';
import { decide, evolve, lineAmount } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import fc from 'fast-check';
import { IDS, hoursLine } from '../lines/lines.scenarios.ts';
import { fromMillionths } from '../lines/quantity.ts';
import type { RecordDelivery } from './order.commands.ts';
import { orderDecider } from './order.decider.ts';
import { creditRequested, deliveryRecorded, orderConfirmed, orderPlaced, placeOrder } from './order.scenarios.ts';

const confirmed = [orderPlaced, creditRequested, orderConfirmed];
const piecesOf = (serials: readonly string[]) => ({
  lineId: 1,
  quantity: { value: serials.length, scale: 0 },
  serials,
});
const hour = { lineId: 2, quantity: { value: 1, scale: 0 }, serials: [] };
const deliver: RecordDelivery = {
  type: 'RecordDelivery',
  deliveryId: IDS.delivery,
  number: 'D-2026-000001',
  lines: [piecesOf(['S-1', 'S-2']), hour],
  businessDate: '2026-04-20',
  today: '2026-04-21',
};

describe('delivery', () => {
  it('O-10: is recorded in part, with the serial number of every piece', () => {
    given(orderDecider, confirmed).when(deliver).then(deliveryRecorded);
  });

  it('O-10: the last part takes what is left of the line amounts, and completes the order', () => {
    given(orderDecider, [...confirmed, deliveryRecorded])
      .when({
        ...deliver,
        deliveryId: IDS.delivery2,
        number: 'D-2026-000002',
        lines: [piecesOf(['S-3']), { ...hour, quantity: { value: 15, scale: 1 } }],
      })
      .then({
        type: 'DeliveryRecorded',
        data: {
          ...deliveryRecorded.data,
          deliveryId: IDS.delivery2,
          number: 'D-2026-000002',
          lines: [
            {
              lineId: 1,
              productId: IDS.product,
              sku: 'GTX-PRO',
              description: 'GTX Pro',
              quantity: { value: 1, scale: 0 },
              amountMinor: 95_000,
              serials: ['S-3'],
              warrantyMonths: 24,
              warrantyStart: 'delivery',
            },
            {
              lineId: 2,
              productId: IDS.service,
              sku: 'SETUP',
              description: 'Setup by the hour',
              quantity: { value: 15, scale: 1 },
              amountMinor: 14_999,
              serials: [],
              warrantyMonths: null,
              warrantyStart: 'delivery',
            },
          ],
          amountMinor: 109_999,
          completesOrder: true,
        },
      });
  });

  it('O-10: only a confirmed order is delivered', () => {
    given(orderDecider, [orderPlaced, creditRequested])
      .when(deliver)
      .thenRefused('OrderNotConfirmed', { commercial: 'awaiting-credit' });
    given(orderDecider, []).when(deliver).thenRefused('OrderUnknown', {});
  });

  it('O-10: never more than ordered, the parts before counted', () => {
    given(orderDecider, [...confirmed, deliveryRecorded])
      .when({ ...deliver, lines: [piecesOf(['S-3', 'S-4'])] })
      .thenRefused('MoreThanOrdered', { lineId: 1, left: { value: 1, scale: 0 }, asked: { value: 2, scale: 0 } });
  });

  it('O-10: as many serial numbers as pieces, and none where none are tracked', () => {
    given(orderDecider, confirmed)
      .when({ ...deliver, lines: [{ ...piecesOf(['S-1']), quantity: { value: 2, scale: 0 } }] })
      .thenRefused('SerialCountWrong', { lineId: 1, needed: 2, given: 1 });
    given(orderDecider, confirmed)
      .when({ ...deliver, lines: [{ ...hour, serials: ['S-1'] }] })
      .thenRefused('SerialCountWrong', { lineId: 2, needed: 0, given: 1 });
    given(orderDecider, confirmed)
      .when({ ...deliver, lines: [{ ...piecesOf(['S-1', 'S-2']), quantity: { value: 15, scale: 1 } }] })
      .thenRefused('PiecesNotWhole', { lineId: 1, quantity: { value: 15, scale: 1 } });
  });

  it('O-10: a serial number is delivered once per order, whatever its case and spaces', () => {
    given(orderDecider, confirmed)
      .when({ ...deliver, lines: [piecesOf(['S-1', ' s-1'])] })
      .thenRefused('SerialRepeated', { lineId: 1, serial: ' s-1' });
    given(orderDecider, [...confirmed, deliveryRecorded])
      .when({ ...deliver, lines: [piecesOf(['S-2'])] })
      .thenRefused('SerialRepeated', { lineId: 1, serial: 'S-2' });
  });

  it('O-10: refuses unknown and repeated lines, none at all, and quantities of nothing', () => {
    given(orderDecider, confirmed)
      .when({ ...deliver, lines: [{ ...hour, lineId: 9 }] })
      .thenRefused('LineUnknown', { lineId: 9 });
    given(orderDecider, confirmed)
      .when({ ...deliver, lines: [hour, hour] })
      .thenRefused('LineRepeated', { lineId: 2 });
    given(orderDecider, confirmed)
      .when({ ...deliver, lines: [] })
      .thenRefused('LinesMissing', {});
    given(orderDecider, confirmed)
      .when({ ...deliver, lines: [{ ...hour, quantity: { value: 0, scale: 0 } }] })
      .thenRefused('QuantityOutOfRange', { lineId: 2, quantity: { value: 0, scale: 0 } });
    given(orderDecider, confirmed)
      .when({ ...deliver, number: null })
      .thenRefused('NumberMissing', {});
  });

  it('O-10: lies between the order and today', () => {
    given(orderDecider, confirmed)
      .when({ ...deliver, businessDate: '2026-04-22' })
      .thenRefused('DeliveryInTheFuture', { businessDate: '2026-04-22', today: '2026-04-21' });
    given(orderDecider, confirmed)
      .when({ ...deliver, businessDate: '2026-04-01' })
      .thenRefused('DatedBeforeOrder', { businessDate: '2026-04-01', ordered: '2026-04-02' });
  });

  it('O-10: whatever the cuts are, the amounts of partial deliveries add up to the line', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999_999 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 8 }),
        (price, discountRate, cuts) => {
          const quantity = fromMillionths(cuts.reduce((sum, cut) => sum + cut, 0));
          const line = { ...hoursLine, quantity, unitPrice: { value: price, scale: 2 }, discountRate };
          const decision = decide(orderDecider, { ...placeOrder, lines: [line] }, orderDecider.initial);
          if (decision.kind === 'refused') throw new Error(decision.refusal.sentence);
          let state = [...decision.events, orderConfirmed].reduce(
            (before, event) => evolve(orderDecider, before, event),
            orderDecider.initial,
          );
          let delivered = 0;
          cuts.forEach((cut, index) => {
            const part = decide(
              orderDecider,
              {
                ...deliver,
                deliveryId: String(index),
                lines: [{ lineId: 2, quantity: fromMillionths(cut), serials: [] }],
              },
              state,
            );
            if (part.kind === 'refused') throw new Error(part.refusal.sentence);
            for (const event of part.events) {
              state = evolve(orderDecider, state, event);
              if (event.type !== 'DeliveryRecorded') continue;
              expect(event.data.amountMinor).toBeGreaterThanOrEqual(0);
              expect(event.data.completesOrder).toBe(index === cuts.length - 1);
              delivered += event.data.amountMinor;
            }
          });
          expect(delivered).toBe(lineAmount(line.unitPrice, quantity, 'USD', discountRate).amountMinor);
        },
      ),
    );
  });
});
