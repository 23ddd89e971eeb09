import type { BusinessDate, Scaled } from '@kontor/kernel';
import type { Remaining, ReplacementPolicy, StartBasis, Term } from '../cover/term.ts';

/** The delivery line that a unit came with. */
export interface DeliveredWith {
  readonly orderId: string;
  readonly deliveryId: string;
  readonly lineId: number;
}

/** The unit in whose stead this one is given, and what was left of its cover. */
export interface Replaces {
  readonly unitId: string;
  readonly policy: ReplacementPolicy;
  readonly remaining: Remaining;
  /** A unit is replaced once; by whom, if it was. */
  readonly replacedByUnitId: string | null;
}

/** `term` is the one in force at `deliveredOn`, gathered by the caller; null: without warranty. */
export interface RegisterUnit {
  readonly type: 'RegisterUnit';
  readonly unitId: string;
  readonly entityId: string;
  readonly serial: string | null;
  readonly productId: string;
  readonly sku: string;
  readonly accountId: string;
  /** Null: registered by hand. */
  readonly deliveredWith: DeliveredWith | null;
  readonly quantity: Scaled;
  readonly deliveredOn: BusinessDate;
  readonly term: Term | null;
  readonly replaces: Replaces | null;
  /** Today in the entity's zone: nothing is registered before it was delivered. */
  readonly today: BusinessDate;
}

/** The basis of the term happened, and a person says when. */
export interface StartWarranty {
  readonly type: 'StartWarranty';
  readonly basis: StartBasis;
  readonly basisDate: BusinessDate;
  readonly today: BusinessDate;
}

/** The delivery of the unit was invoiced; concerns only units whose term starts with the invoice. */
export interface NoteInvoice {
  readonly type: 'NoteInvoice';
  readonly deliveryId: string;
  readonly invoiceDate: BusinessDate;
}

export interface TransferUnit {
  readonly type: 'TransferUnit';
  readonly accountId: string;
  readonly reason: string;
  readonly businessDate: BusinessDate;
}

export interface TakeUnitOffWarranty {
  readonly type: 'TakeUnitOffWarranty';
  readonly reason: string;
  readonly businessDate: BusinessDate;
}

export interface MarkUnitReplaced {
  readonly type: 'MarkUnitReplaced';
  readonly replacementUnitId: string;
  readonly businessDate: BusinessDate;
}

/** A repair under warranty used up some of the unit's caps. */
export interface RecordCoverUse {
  readonly type: 'RecordCoverUse';
  readonly claimId: string;
  readonly workOrderId: string;
  readonly currency: string;
  readonly partsMinor: number;
  readonly labourMinor: number;
  readonly businessDate: BusinessDate;
}

export type UnitCommand =
  RegisterUnit | StartWarranty | NoteInvoice | TransferUnit | TakeUnitOffWarranty | MarkUnitReplaced | RecordCoverUse;
