import type { BusinessDate, DomainEvent, Scaled } from '@kontor/kernel';
import type { Cover, StartBasis } from '../cover/term.ts';

/** The period as it was known when the event was decided; last days inclusive. */
interface CoverDates {
  readonly warrantyStart: BusinessDate | null;
  readonly warrantyEnd: BusinessDate | null;
  readonly partsEnd: BusinessDate | null;
  readonly labourEnd: BusinessDate | null;
}

export type UnitRegistered = DomainEvent<
  'UnitRegistered',
  CoverDates & {
    readonly unitId: string;
    readonly entityId: string;
    readonly serial: string | null;
    readonly productId: string;
    readonly sku: string;
    readonly accountId: string;
    readonly orderId: string | null;
    readonly deliveryId: string | null;
    readonly lineId: number | null;
    readonly quantity: Scaled;
    readonly cover: Cover | null;
    readonly replacesUnitId: string | null;
    /** The day of the delivery. */
    readonly businessDate: BusinessDate;
  }
>;

/** `cover` null with `newTerm`: sold again without warranty. Without `newTerm` the cover is what it was. */
export type UnitRedelivered = DomainEvent<
  'UnitRedelivered',
  CoverDates & {
    readonly unitId: string;
    readonly accountId: string;
    readonly previousAccountId: string;
    readonly orderId: string;
    readonly deliveryId: string;
    readonly lineId: number;
    readonly newTerm: boolean;
    readonly cover: Cover | null;
    readonly businessDate: BusinessDate;
  }
>;

export type WarrantyStarted = DomainEvent<
  'WarrantyStarted',
  CoverDates & {
    readonly unitId: string;
    readonly basis: StartBasis;
    readonly basisDate: BusinessDate;
    readonly warrantyStart: BusinessDate;
    readonly warrantyEnd: BusinessDate;
    readonly termVersion: number;
    readonly businessDate: BusinessDate;
  }
>;

export type UnitTransferred = DomainEvent<
  'UnitTransferred',
  {
    readonly unitId: string;
    readonly accountId: string;
    readonly previousAccountId: string;
    readonly reason: string;
    readonly businessDate: BusinessDate;
  }
>;

export type UnitTakenOffWarranty = DomainEvent<
  'UnitTakenOffWarranty',
  { readonly unitId: string; readonly reason: string; readonly businessDate: BusinessDate }
>;

export type UnitReplaced = DomainEvent<
  'UnitReplaced',
  { readonly unitId: string; readonly replacementUnitId: string; readonly businessDate: BusinessDate }
>;

export type CoverUsed = DomainEvent<
  'CoverUsed',
  {
    readonly unitId: string;
    readonly claimId: string;
    readonly workOrderId: string;
    readonly currency: string;
    readonly partsMinor: number;
    readonly labourMinor: number;
    readonly businessDate: BusinessDate;
  }
>;

export type UnitEvent =
  | UnitRegistered
  | UnitRedelivered
  | WarrantyStarted
  | UnitTransferred
  | UnitTakenOffWarranty
  | UnitReplaced
  | CoverUsed;
