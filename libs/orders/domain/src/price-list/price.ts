import type { Scaled } from '@kontor/kernel';
import { millionths } from '../lines/quantity.ts';
import type { PriceListState, PriceListVersion } from './price-list.state.ts';

/** What a price depends on besides the version of the list. */
export interface PriceQuestion {
  readonly productId: string;
  /** The price column of the account's terms; null: the account has none. */
  readonly column: string | null;
  readonly quantity: Scaled;
  readonly date: string;
}

/** The newest version that is in force on the date. */
export function versionOn(state: PriceListState, date: string): PriceListVersion | undefined {
  return state.versions.findLast((version) => inForce(version, date));
}

/**
 * The unit price, a pure function of the version, the account's column, the quantity and the date (O-02); undefined where
 * the version has none. The account's own column goes before the general one; within a column the highest quantity
 * reached counts.
 */
export function unitPriceOf(version: PriceListVersion, question: PriceQuestion): Scaled | undefined {
  if (!inForce(version, question.date)) return undefined;
  const reached = version.prices.filter(
    (price) =>
      price.productId === question.productId && millionths(price.fromQuantity) <= millionths(question.quantity),
  );
  const own = reached.filter((price) => price.column === question.column);
  const candidates = own.length > 0 ? own : reached.filter((price) => price.column === null);
  const [best] = candidates.toSorted((a, b) => millionths(b.fromQuantity) - millionths(a.fromQuantity));
  return best?.unitPrice;
}

function inForce(version: PriceListVersion, date: string): boolean {
  return version.validFrom <= date && (version.validTo === null || date <= version.validTo);
}
