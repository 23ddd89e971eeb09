import type { BusinessDate, DomainEvent, Money } from '@kontor/kernel';
import type { Coverage, CoverageInputs, CoverageResult, ReasonCode } from '../cover/coverage.ts';
import type { ClaimKind, Workshop } from './claim.commands.ts';

export type ClaimOpened = DomainEvent<
  'ClaimOpened',
  {
    readonly claimId: string;
    readonly number: string;
    readonly entityId: string;
    readonly kind: ClaimKind;
    readonly unitId: string | null;
    readonly productId: string | null;
    readonly accountId: string;
    readonly ownerId: string;
    readonly incidentDate: BusinessDate;
    /** In the client's words: personal; null once the account's key is destroyed. */
    readonly description: string | null;
    readonly cause: string | null;
    readonly damage: Money | null;
    readonly businessDate: BusinessDate;
  }
>;

export type ClaimHandedOver = DomainEvent<
  'ClaimHandedOver',
  {
    readonly claimId: string;
    readonly ownerId: string;
    readonly previousOwnerId: string;
    readonly businessDate: BusinessDate;
  }
>;

/** The decision beside everything it was made from: `coverageOf(inputs)` gives it again at any time. */
export type CoverageDecided = DomainEvent<
  'CoverageDecided',
  CoverageResult & {
    readonly claimId: string;
    readonly unitId: string;
    readonly incidentDate: BusinessDate;
    readonly inputs: CoverageInputs;
    readonly businessDate: BusinessDate;
  }
>;

/** Goodwill beside a decision that left cost with the client: borne by us up to an amount. */
export type GoodwillGranted = DomainEvent<
  'GoodwillGranted',
  {
    readonly claimId: string;
    readonly unitId: string;
    readonly incidentDate: BusinessDate;
    readonly warrantyStart: BusinessDate | null;
    readonly warrantyEnd: BusinessDate | null;
    readonly termVersion: number | null;
    /** What the coverage decision said. */
    readonly reasonCode: ReasonCode;
    readonly upTo: Money;
    readonly roleLimit: Money;
    readonly reason: string;
    readonly businessDate: BusinessDate;
  }
>;

export type WorkOrderOpened = DomainEvent<
  'WorkOrderOpened',
  {
    readonly claimId: string;
    readonly workOrderId: string;
    readonly number: string;
    readonly workshop: Workshop;
    readonly workshopAccountId: string | null;
    readonly task: string;
    readonly businessDate: BusinessDate;
  }
>;

/** Cost and who bears it: what is covered and goodwill by us, all the rest by the client. */
export type RepairRecorded = DomainEvent<
  'RepairRecorded',
  {
    readonly claimId: string;
    readonly unitId: string;
    readonly workOrderId: string;
    readonly coverage: Coverage;
    readonly currency: string;
    readonly partsMinor: number;
    readonly labourMinor: number;
    readonly coveredPartsMinor: number;
    readonly coveredLabourMinor: number;
    readonly goodwillMinor: number;
    readonly borneByUsMinor: number;
    readonly borneByClientMinor: number;
    readonly work: string;
    readonly businessDate: BusinessDate;
  }
>;

export type ClaimRejected = DomainEvent<
  'ClaimRejected',
  { readonly claimId: string; readonly reason: string; readonly businessDate: BusinessDate }
>;

export type ClaimClosed = DomainEvent<
  'ClaimClosed',
  {
    readonly claimId: string;
    readonly accountId: string;
    readonly outcome: 'no-claims-signed' | 'closed-with-reason';
    /** Personal; null also when nobody signed. */
    readonly signedBy: string | null;
    readonly signedOn: BusinessDate | null;
    readonly reason: string | null;
    readonly businessDate: BusinessDate;
  }
>;

export type ClaimReopened = DomainEvent<
  'ClaimReopened',
  { readonly claimId: string; readonly reason: string; readonly businessDate: BusinessDate }
>;

export type ClaimEvent =
  | ClaimOpened
  | ClaimHandedOver
  | CoverageDecided
  | GoodwillGranted
  | WorkOrderOpened
  | RepairRecorded
  | ClaimRejected
  | ClaimClosed
  | ClaimReopened;
