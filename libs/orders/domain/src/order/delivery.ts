import { accept, divideHalfEven, refuse, type Decision, type Refused } from '@kontor/kernel';
import type { PricedLine } from '../lines/priced-line.ts';
import { fromMillionths, isQuantity, millionths, pieces, quantityText } from '../lines/quantity.ts';
import type { DeliveredQuantity, RecordDelivery } from './order.commands.ts';
import type { DeliveredLine, OrderEvent } from './order.events.ts';
import { leftMillionths, progressOf, type Order } from './order.state.ts';

/** Only what is confirmed leaves, never more than ordered, and every tracked piece under its own number. */
export function recordDelivery(command: RecordDelivery, order: Order): Decision<OrderEvent> {
  if (order.commercial !== 'confirmed')
    return refuse('OrderNotConfirmed', `The order is ${order.commercial}; only a confirmed one is delivered.`, {
      commercial: order.commercial,
    });
  if (command.businessDate > command.today)
    return refuse('DeliveryInTheFuture', 'A delivery is recorded on its day or later.', {
      businessDate: command.businessDate,
      today: command.today,
    });
  if (command.businessDate < order.placed.businessDate)
    return refuse('DatedBeforeOrder', 'The delivery lies before the order.', {
      businessDate: command.businessDate,
      ordered: order.placed.businessDate,
    });
  if (command.lines.length === 0) return refuse('LinesMissing', 'There is no line.');

  const serials = new Set(
    order.deliveries.flatMap((delivery) =>
      delivery.lines.flatMap((line) => line.serials.map((serial) => serialKey(line.productId, serial))),
    ),
  );
  const lines: DeliveredLine[] = [];
  const seen = new Set<number>();
  for (const asked of command.lines) {
    if (seen.has(asked.lineId))
      return refuse('LineRepeated', `Line ${asked.lineId} is there twice.`, { lineId: asked.lineId });
    seen.add(asked.lineId);
    const ordered = order.placed.lines.find((line) => line.lineId === asked.lineId);
    if (ordered === undefined)
      return refuse('LineUnknown', `The order has no line ${asked.lineId}.`, { lineId: asked.lineId });
    const problem = refuseQuantity(order, ordered, asked) ?? refuseSerials(ordered, asked, serials);
    if (problem !== null) return problem;
    lines.push(deliveredLine(order, ordered, asked));
  }
  if (command.number === null) return refuse('NumberMissing', 'A delivery is recorded only with its number.');

  const { orderId, entityId, accountId, currency, paymentTermDays, paymentTermBase } = order.placed;
  return accept({
    type: 'DeliveryRecorded',
    data: {
      deliveryId: command.deliveryId,
      number: command.number,
      orderId,
      orderNumber: order.placed.number,
      entityId,
      accountId,
      currency,
      lines,
      amountMinor: lines.reduce((sum, line) => sum + line.amountMinor, 0),
      paymentTermDays,
      paymentTermBase,
      completesOrder: order.placed.lines.every((line) => {
        const now = lines.find((delivered) => delivered.lineId === line.lineId);
        return leftMillionths(order, line) === (now === undefined ? 0 : millionths(now.quantity));
      }),
      businessDate: command.businessDate,
    },
  });
}

function refuseQuantity(order: Order, ordered: PricedLine, asked: DeliveredQuantity): Refused | null {
  const { lineId, quantity } = asked;
  if (!isQuantity(quantity))
    return refuse('QuantityOutOfRange', `The quantity of line ${lineId} is not above 0, or too large.`, {
      lineId,
      quantity: { ...quantity },
    });
  const left = leftMillionths(order, ordered);
  if (millionths(quantity) <= left) return null;
  return refuse(
    'MoreThanOrdered',
    `Of line ${lineId} ${quantityText(fromMillionths(left))} is left to deliver, not ${quantityText(quantity)}.`,
    { lineId, left: { ...fromMillionths(left) }, asked: { ...quantity } },
  );
}

/** `known` grows by the serials of this line, so that a repetition within one delivery is found as well. */
function refuseSerials(ordered: PricedLine, asked: DeliveredQuantity, known: Set<string>): Refused | null {
  const { lineId, quantity, serials } = asked;
  const needed = ordered.serialTracked ? pieces(quantity) : 0;
  if (needed === null)
    return refuse('PiecesNotWhole', `${ordered.sku} carries serial numbers and is delivered in whole pieces.`, {
      lineId,
      quantity: { ...quantity },
    });
  if (serials.length !== needed)
    return refuse('SerialCountWrong', `Line ${lineId} needs ${needed} serial numbers, not ${serials.length}.`, {
      lineId,
      needed,
      given: serials.length,
    });
  for (const serial of serials) {
    const key = serialKey(ordered.productId, serial);
    if (known.has(key))
      return refuse('SerialRepeated', `${serial} of ${ordered.sku} is delivered already, or there twice.`, {
        lineId,
        serial,
      });
    known.add(key);
  }
  return null;
}

/** Serial numbers are the maker's: unique per product, whatever the case and the spaces around. */
function serialKey(productId: string, serial: string): string {
  return `${productId}|${serial.trim().toUpperCase()}`;
}

/**
 * The amount of a partial delivery is the line's amount in proportion to everything delivered so far, rounded half-even,
 * minus what earlier deliveries took. So the parts add up to the line exactly, whatever the cuts are.
 */
function deliveredLine(order: Order, ordered: PricedLine, asked: DeliveredQuantity): DeliveredLine {
  const before = progressOf(order, ordered.lineId);
  const upToNow = before.deliveredMillionths + millionths(asked.quantity);
  const amountUpToNow = Number(
    divideHalfEven(BigInt(ordered.amountMinor) * BigInt(upToNow), BigInt(millionths(ordered.quantity))),
  );
  return {
    lineId: ordered.lineId,
    productId: ordered.productId,
    sku: ordered.sku,
    description: ordered.description,
    quantity: asked.quantity,
    amountMinor: amountUpToNow - before.deliveredMinor,
    serials: asked.serials,
    warrantyMonths: ordered.warrantyMonths,
    warrantyStart: ordered.warrantyStart,
  };
}
