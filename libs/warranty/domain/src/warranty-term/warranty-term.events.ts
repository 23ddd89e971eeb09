import type { BusinessDate, DomainEvent } from '@kontor/kernel';
import type { Term } from '../cover/term.ts';

export type WarrantyTermDefined = DomainEvent<
  'WarrantyTermDefined',
  Term & { readonly productId: string; readonly validFrom: BusinessDate; readonly businessDate: BusinessDate }
>;

export type ProductTakenOffWarranty = DomainEvent<
  'ProductTakenOffWarranty',
  {
    readonly productId: string;
    readonly validFrom: BusinessDate;
    readonly reason: string;
    readonly businessDate: BusinessDate;
  }
>;

export type WarrantyTermEvent = WarrantyTermDefined | ProductTakenOffWarranty;
