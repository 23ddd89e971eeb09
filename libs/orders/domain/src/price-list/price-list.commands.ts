import type { Scaled } from '@kontor/kernel';

/** One price: for a column of the accounts' terms (null: everybody), from a quantity on. */
export interface ListedPrice {
  readonly productId: string;
  readonly column: string | null;
  readonly fromQuantity: Scaled;
  /** In major units of the list's currency. */
  readonly unitPrice: Scaled;
}

/** The first version makes the list; each later one stands beside those before it. */
export interface PublishPriceList {
  readonly type: 'PublishPriceList';
  readonly priceListId: string;
  readonly entityId: string;
  readonly name: string;
  readonly currency: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly prices: readonly ListedPrice[];
  readonly businessDate: string;
}

export type PriceListCommand = PublishPriceList;
