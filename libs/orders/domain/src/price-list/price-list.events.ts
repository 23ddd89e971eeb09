import type { DomainEvent } from '@kontor/kernel';
import type { ListedPrice } from './price-list.commands.ts';

/** A version of a list is in force for its dates. What was priced by an earlier one names that one. */
export type PriceListPublished = DomainEvent<
  'PriceListPublished',
  {
    readonly priceListId: string;
    readonly version: number;
    readonly entityId: string;
    readonly name: string;
    readonly currency: string;
    readonly validFrom: string;
    readonly validTo: string | null;
    readonly prices: readonly ListedPrice[];
    readonly businessDate: string;
  }
>;

export type PriceListEvent = PriceListPublished;
