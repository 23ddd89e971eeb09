import type { BusinessDate, Money } from '@kontor/kernel';
import type { CoverageResult } from '../cover/coverage.ts';
import type { ClaimKind } from './claim.commands.ts';

/** The decision in force: what the rule said, and what goodwill adds to it. */
export interface DecidedCoverage extends CoverageResult {
  readonly goodwill: Money | null;
}

export interface WorkOrder {
  readonly workOrderId: string;
  readonly number: string;
  readonly repaired: boolean;
}

/** Facets that do not hide one another: lifecycle, coverage, work. `status` is the lifecycle alone. */
export interface OpenedClaim {
  readonly status: 'open' | 'rejected' | 'closed';
  readonly claimId: string;
  readonly number: string;
  readonly entityId: string;
  readonly kind: ClaimKind;
  readonly unitId: string | null;
  readonly productId: string | null;
  readonly accountId: string;
  readonly ownerId: string;
  readonly incidentDate: BusinessDate;
  readonly openedOn: BusinessDate;
  readonly description: string | null;
  readonly cause: string | null;
  readonly damage: Money | null;
  readonly coverage: DecidedCoverage | null;
  /** Since the claim was opened or last reopened. */
  readonly workOrders: readonly WorkOrder[];
  readonly workOrdersEver: number;
  /** What is left of the goodwill after the repairs borne from it. */
  readonly goodwillLeftMinor: number;
  /** Borne so far under the decision in force, to be counted against its rooms. */
  readonly borneParts: number;
  readonly borneLabour: number;
}

export type ClaimState = { readonly status: 'unknown' } | OpenedClaim;

export const initialClaim: ClaimState = { status: 'unknown' };
