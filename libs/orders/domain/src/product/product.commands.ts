import type { Money } from '@kontor/kernel';

export type ProductKind = 'goods' | 'part' | 'service' | 'work';

/** What a row of a foreign system said, field by field, so that a later import can say what differs. */
export interface ImportSource {
  readonly system: string;
  readonly identity: string;
  readonly content: { readonly [field: string]: string };
}

export interface RegisterProduct {
  readonly type: 'RegisterProduct';
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
  /** A fact: another product that has this article number already. */
  readonly skuTakenBy: string | null;
  readonly businessDate: string;
}

export interface ChangeListPrice {
  readonly type: 'ChangeListPrice';
  readonly productId: string;
  readonly listPrice: Money | null;
  /** The row that says so, when an import changes it. */
  readonly source: ImportSource | null;
  readonly businessDate: string;
}

export type ProductCommand = RegisterProduct | ChangeListPrice;
