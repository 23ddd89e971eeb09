import type { BusinessDate } from '@kontor/kernel';
import type { Caps, ReplacementPolicy, StartBasis } from '../cover/term.ts';

export interface DefineWarrantyTerm {
  readonly type: 'DefineWarrantyTerm';
  readonly productId: string;
  readonly basis: StartBasis;
  readonly graceCapDays: number | null;
  readonly partsMonths: number;
  readonly labourMonths: number;
  readonly minimumMonths: number;
  readonly replacementPolicy: ReplacementPolicy;
  readonly caps: Caps;
  readonly validFrom: BusinessDate;
  readonly businessDate: BusinessDate;
}

export interface TakeProductOffWarranty {
  readonly type: 'TakeProductOffWarranty';
  readonly productId: string;
  readonly validFrom: BusinessDate;
  readonly reason: string;
  readonly businessDate: BusinessDate;
}

export type WarrantyTermCommand = DefineWarrantyTerm | TakeProductOffWarranty;
