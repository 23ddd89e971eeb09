import { fromMillionths, millionths } from '../lines/quantity.ts';
import type { PricedLine } from '../lines/priced-line.ts';
import type { DeliveryRecorded, OrderPlaced } from './order.events.ts';

export type Commercial = 'awaiting-credit' | 'confirmed' | 'held' | 'cancelled' | 'closed-short';
export type Fulfilment = 'open' | 'partly-delivered' | 'delivered';

export interface LineProgress {
  readonly deliveredMillionths: number;
  readonly deliveredMinor: number;
}

export interface Order {
  readonly placed: OrderPlaced['data'];
  readonly commercial: Commercial;
  /** The last attempt to reserve credit. */
  readonly attempt: number;
  readonly hold: { readonly code: string; readonly sentence: string } | null;
  /** Why it was cancelled or closed short. */
  readonly endReason: string | null;
  readonly deliveries: readonly DeliveryRecorded['data'][];
  /** By line id. */
  readonly progress: { readonly [lineId: number]: LineProgress };
}

export interface OrderState {
  /** Null: there is no such order. */
  readonly order: Order | null;
}

export const noOrder: OrderState = { order: null };

const NOTHING: LineProgress = { deliveredMillionths: 0, deliveredMinor: 0 };

export function progressOf(order: Order, lineId: number): LineProgress {
  return order.progress[lineId] ?? NOTHING;
}

export function leftMillionths(order: Order, line: PricedLine): number {
  return millionths(line.quantity) - progressOf(order, line.lineId).deliveredMillionths;
}

/** Amount of what is not delivered, in minor units: the lines' amounts minus what their deliveries took of them. */
export function undeliveredMinor(order: Order): number {
  return order.placed.lines.reduce(
    (sum, line) => sum + line.amountMinor - progressOf(order, line.lineId).deliveredMinor,
    0,
  );
}

export function isDelivered(order: Order): boolean {
  return order.placed.lines.every((line) => leftMillionths(order, line) === 0);
}

/** Independent facets of one line; none of them hides another. Billing and payment are receivables' to know. */
export interface LineFacets {
  readonly lineId: number;
  readonly commercial: Commercial;
  readonly fulfilment: Fulfilment;
  readonly delivered: { readonly value: number; readonly scale: number };
  readonly deliveredMinor: number;
}

export function lineFacets(order: Order): LineFacets[] {
  return order.placed.lines.map((line) => {
    const { deliveredMillionths, deliveredMinor } = progressOf(order, line.lineId);
    return {
      lineId: line.lineId,
      commercial: order.commercial,
      fulfilment: fulfilmentOf(deliveredMillionths, millionths(line.quantity)),
      delivered: fromMillionths(deliveredMillionths),
      deliveredMinor,
    };
  });
}

export function fulfilment(order: Order): Fulfilment {
  if (isDelivered(order)) return 'delivered';
  return order.deliveries.length > 0 ? 'partly-delivered' : 'open';
}

function fulfilmentOf(delivered: number, ordered: number): Fulfilment {
  if (delivered === 0) return 'open';
  return delivered < ordered ? 'partly-delivered' : 'delivered';
}
