import { lineAmount, refuse, RATE_ONE, type Refused, type Scaled } from '@kontor/kernel';
import { isQuantity, MAX_QUANTITY_UNITS } from './quantity.ts';

/** How a unit price came about: the inputs of the price function, recorded so that it can be computed again. */
export interface Pricing {
  readonly source: 'price-list' | 'list-price' | 'stated';
  readonly priceListId: string | null;
  readonly priceListVersion: number | null;
  readonly column: string | null;
  readonly date: string;
}

/** A line as the handler gathers it: product facts and unit price, not yet an amount. */
export interface DraftLine {
  readonly lineId: number;
  readonly productId: string;
  readonly sku: string;
  readonly description: string;
  readonly quantity: Scaled;
  readonly unitPrice: Scaled;
  readonly discountRate: number;
  readonly serialTracked: boolean;
  readonly warrantyMonths: number | null;
  readonly warrantyStart: 'delivery' | 'invoice';
  readonly pricing: Pricing;
}

export interface PricedLine extends DraftLine {
  readonly amountMinor: number;
}

/** Lines with amounts and their sum; or the refusal that names the first line that cannot be. */
export function priceLines(
  drafts: readonly DraftLine[],
  currency: string,
): { readonly kind: 'priced'; readonly lines: readonly PricedLine[]; readonly totalMinor: number } | Refused {
  if (drafts.length === 0) return refuse('LinesMissing', 'There is no line.');
  const lines: PricedLine[] = [];
  const seen = new Set<number>();
  let total = 0n;
  for (const draft of drafts) {
    if (seen.has(draft.lineId))
      return refuse('LineRepeated', `Line ${draft.lineId} is there twice.`, { lineId: draft.lineId });
    seen.add(draft.lineId);
    if (!isQuantity(draft.quantity))
      return refuse(
        'QuantityOutOfRange',
        `The quantity of line ${draft.lineId} is not above 0 and at most ${MAX_QUANTITY_UNITS}.`,
        { lineId: draft.lineId, quantity: { ...draft.quantity } },
      );
    if (draft.discountRate < 0 || draft.discountRate > RATE_ONE)
      return refuse('DiscountOutOfRange', `The discount of line ${draft.lineId} is not between 0 and 100 %.`, {
        lineId: draft.lineId,
        discountRate: draft.discountRate,
      });
    const amountMinor = amountOf(draft, currency);
    if (amountMinor === null)
      return refuse('AmountTooLarge', `The amount of line ${draft.lineId} is beyond 2^53 − 1 minor units.`, {
        lineId: draft.lineId,
      });
    lines.push({ ...draft, amountMinor });
    total += BigInt(amountMinor);
  }
  if (total > BigInt(Number.MAX_SAFE_INTEGER))
    return refuse('AmountTooLarge', 'The sum of the lines is beyond 2^53 − 1 minor units.');
  return { kind: 'priced', lines, totalMinor: Number(total) };
}

/** Null where the amount is too large to be exact: the kernel throws there, and a client's number is no fault of ours. */
function amountOf(draft: DraftLine, currency: string): number | null {
  try {
    return lineAmount(draft.unitPrice, draft.quantity, currency, draft.discountRate).amountMinor;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
