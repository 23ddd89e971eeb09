import type { BusinessDate, Money } from '@kontor/kernel';
import type { CoverageInputs } from '../cover/coverage.ts';

/** Separate kinds (W-05): only a claim asks for a remedy; a complaint, a wish and praise may name no unit. */
export type ClaimKind = 'complaint' | 'wish' | 'claim' | 'praise';
export type Workshop = 'own' | 'branded' | 'independent';

export interface OpenClaim {
  readonly type: 'OpenClaim';
  readonly claimId: string;
  readonly number: string;
  readonly entityId: string;
  readonly kind: ClaimKind;
  readonly unit: { readonly unitId: string; readonly productId: string } | null;
  readonly accountId: string;
  /** Staff member who looks after it; a claim without an owner cannot be said. */
  readonly ownerId: string;
  readonly incidentDate: BusinessDate;
  readonly description: string;
  readonly cause: string | null;
  readonly damage: Money | null;
  readonly businessDate: BusinessDate;
}

export interface HandOverClaim {
  readonly type: 'HandOverClaim';
  readonly ownerId: string;
  readonly businessDate: BusinessDate;
}

/** The facts are the unit's, gathered by the caller; what the client or the form says about warranty is not asked. */
export interface DecideCoverage {
  readonly type: 'DecideCoverage';
  readonly facts: Omit<CoverageInputs, 'incidentDate'>;
  readonly businessDate: BusinessDate;
}

/** `roleLimit` is the most that the caller's role may grant. */
export interface GrantGoodwill {
  readonly type: 'GrantGoodwill';
  readonly upTo: Money;
  readonly roleLimit: Money;
  readonly reason: string;
  readonly businessDate: BusinessDate;
}

export interface OpenWorkOrder {
  readonly type: 'OpenWorkOrder';
  readonly workOrderId: string;
  readonly workshop: Workshop;
  readonly workshopAccountId: string | null;
  readonly task: string;
  readonly businessDate: BusinessDate;
}

export interface RecordRepair {
  readonly type: 'RecordRepair';
  readonly workOrderId: string;
  readonly currency: string;
  readonly partsMinor: number;
  readonly labourMinor: number;
  readonly work: string;
  readonly businessDate: BusinessDate;
}

export interface RejectClaim {
  readonly type: 'RejectClaim';
  readonly reason: string;
  readonly businessDate: BusinessDate;
}

/** Either the client's signature "no claims", or the reason why there is none. */
export interface CloseClaim {
  readonly type: 'CloseClaim';
  readonly signature: { readonly signedBy: string; readonly signedOn: BusinessDate } | null;
  readonly reason: string | null;
  readonly businessDate: BusinessDate;
}

export interface ReopenClaim {
  readonly type: 'ReopenClaim';
  readonly reason: string;
  readonly businessDate: BusinessDate;
}

export type ClaimCommand =
  | OpenClaim
  | HandOverClaim
  | DecideCoverage
  | GrantGoodwill
  | OpenWorkOrder
  | RecordRepair
  | RejectClaim
  | CloseClaim
  | ReopenClaim;
