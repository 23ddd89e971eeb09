import type { DomainEvent, Money } from '@kontor/kernel';
import type { ImportSource, ProductKind } from './product.commands.ts';

/** A product can be quoted and ordered. What it costs us is no part of it: cost and margin have a place of their own. */
export type ProductRegistered = DomainEvent<
  'ProductRegistered',
  {
    readonly productId: string;
    readonly sku: string;
    readonly name: string;
    readonly kind: ProductKind;
    readonly classification: string | null;
    readonly serialTracked: boolean;
    readonly warrantyMonths: number | null;
    readonly warrantyStart: 'delivery' | 'invoice';
    readonly listPrice: Money | null;
    readonly externalId: string | null;
    readonly source: ImportSource | null;
    readonly businessDate: string;
  }
>;

/** The list price holds where no price list has a price. Documents made before keep theirs. */
export type ListPriceChanged = DomainEvent<
  'ListPriceChanged',
  {
    readonly productId: string;
    readonly listPrice: Money | null;
    readonly source: ImportSource | null;
    readonly businessDate: string;
  }
>;

export type ProductEvent = ProductRegistered | ListPriceChanged;
