import { accept, refuse, type Decision, type Scaled } from '@kontor/kernel';
import { priceLines, type DraftLine, type PricedLine } from '../lines/priced-line.ts';
import { fromMillionths, isQuantity, millionths, quantityText } from '../lines/quantity.ts';
import { refuseRestricted, termsUnder } from '../order/restriction.ts';
import type { OrderQuote } from './quote.commands.ts';
import type { QuoteEvent } from './quote.events.ts';
import { orderedMillionths, type QuoteState } from './quote.state.ts';

/** An accepted quote becomes orders, in parts if the client wants it so; the parts never exceed the quote, line by line. */
export function orderFromQuote(command: OrderQuote, state: QuoteState): Decision<QuoteEvent> {
  const accepted = state.versions.at(-1);
  if (accepted === undefined) return refuse('QuoteUnknown', 'There is no such quote.');
  if (accepted.issued.version !== command.version || accepted.status !== 'accepted')
    return refuse('QuoteNotAccepted', `Version ${command.version} of the quote is not accepted.`, {
      version: command.version,
      latest: accepted.issued.version,
      status: accepted.status,
    });
  const restricted = refuseRestricted(command.restriction, accepted.issued.accountId);
  if (restricted !== null) return restricted;

  const asked = command.lines ?? remainder(state, accepted.issued.lines);
  if (asked.length === 0) return refuse('NothingLeftToOrder', 'Everything of the quote is ordered.');
  const drafts: DraftLine[] = [];
  for (const { lineId, quantity } of asked) {
    const quoted = accepted.issued.lines.find((line) => line.lineId === lineId);
    if (quoted === undefined) return refuse('LineUnknown', `The quote has no line ${lineId}.`, { lineId });
    const left = fromMillionths(millionths(quoted.quantity) - orderedMillionths(state, lineId));
    if (isQuantity(quantity) && millionths(quantity) > millionths(left))
      return refuse(
        'MoreThanQuoted',
        `Of line ${lineId} ${quantityText(left)} is left to order, not ${quantityText(quantity)}.`,
        { lineId, left: { ...left }, asked: { ...quantity } },
      );
    const { amountMinor: _amountMinor, ...draft } = quoted;
    drafts.push({ ...draft, quantity });
  }
  const priced = priceLines(drafts, accepted.issued.currency);
  if (priced.kind === 'refused') return priced;
  if (command.orderNumber === null) return refuse('NumberMissing', 'An order is placed only with its number.');

  const { quoteId, version, entityId, accountId, opportunityId, currency } = accepted.issued;
  return accept({
    type: 'QuoteOrdered',
    data: {
      quoteId,
      version,
      entityId,
      accountId,
      opportunityId,
      currency,
      orderId: command.orderId,
      orderNumber: command.orderNumber,
      lines: priced.lines,
      totalMinor: priced.totalMinor,
      promisedDate: command.promisedDate,
      ...termsUnder(command),
      fullyOrdered: isFullyOrdered(state, accepted.issued.lines, priced.lines),
      businessDate: command.businessDate,
    },
  });
}

function remainder(state: QuoteState, quoted: readonly PricedLine[]): { lineId: number; quantity: Scaled }[] {
  return quoted
    .map((line) => ({
      lineId: line.lineId,
      left: millionths(line.quantity) - orderedMillionths(state, line.lineId),
    }))
    .filter(({ left }) => left > 0)
    .map(({ lineId, left }) => ({ lineId, quantity: fromMillionths(left) }));
}

function isFullyOrdered(state: QuoteState, quoted: readonly PricedLine[], now: readonly PricedLine[]): boolean {
  return quoted.every((line) => {
    const taken = now.find((candidate) => candidate.lineId === line.lineId);
    const takenNow = taken === undefined ? 0 : millionths(taken.quantity);
    return orderedMillionths(state, line.lineId) + takenNow === millionths(line.quantity);
  });
}
