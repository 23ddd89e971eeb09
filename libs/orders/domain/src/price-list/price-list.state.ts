import type { PriceListPublished } from './price-list.events.ts';

export type PriceListVersion = PriceListPublished['data'];

export interface PriceListState {
  /** In ascending order of version. */
  readonly versions: readonly PriceListVersion[];
}

export const noPriceList: PriceListState = { versions: [] };
