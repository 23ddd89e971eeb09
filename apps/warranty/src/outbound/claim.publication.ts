import { contracted, type PublicationTable } from '@kontor/feed';
import type { SealedText } from '@kontor/kernel';
import {
  claimClosedV1,
  claimHandedOverV1,
  claimOpenedV1,
  claimRejectedV1,
  claimReopenedV1,
  coverageDecidedV1,
  repairRecordedV1,
  workOrderOpenedV1,
} from '@kontor/warranty-contracts';
import type { ClaimClosed, ClaimEvent, ClaimOpened } from '@kontor/warranty-domain';

/** Event data as they lie in the store: personal fields sealed, and null where the field was empty. */
type Sealed<Data, Fields extends keyof Data> = Omit<Data, Fields> & {
  readonly [Field in Fields]: SealedText | null;
};

interface SealedEvents {
  readonly ClaimOpened: Sealed<ClaimOpened['data'], 'description'>;
  readonly ClaimClosed: Sealed<ClaimClosed['data'], 'signedBy'>;
}

export const claimPublication: PublicationTable<ClaimEvent, SealedEvents> = {
  ClaimOpened: (data) =>
    contracted(claimOpenedV1, {
      claimId: data.claimId,
      number: data.number,
      entityId: data.entityId,
      kind: data.kind,
      unitId: data.unitId,
      productId: data.productId,
      accountId: data.accountId,
      ownerId: data.ownerId,
      incidentDate: data.incidentDate,
      description: data.description,
      cause: data.cause,
      damage: data.damage,
      businessDate: data.businessDate,
    }),
  ClaimHandedOver: (data) =>
    contracted(claimHandedOverV1, {
      claimId: data.claimId,
      ownerId: data.ownerId,
      previousOwnerId: data.previousOwnerId,
      businessDate: data.businessDate,
    }),
  CoverageDecided: (data) =>
    contracted(coverageDecidedV1, {
      claimId: data.claimId,
      unitId: data.unitId,
      coverage: data.coverage,
      coversParts: data.coversParts,
      coversLabour: data.coversLabour,
      incidentDate: data.incidentDate,
      warrantyStart: data.warrantyStart,
      warrantyEnd: data.warrantyEnd,
      termVersion: data.termVersion,
      reasonCode: data.reasonCode,
      goodwillLimit: null,
      businessDate: data.businessDate,
    }),
  GoodwillGranted: (data) =>
    contracted(coverageDecidedV1, {
      claimId: data.claimId,
      unitId: data.unitId,
      coverage: 'goodwill',
      coversParts: true,
      coversLabour: true,
      incidentDate: data.incidentDate,
      warrantyStart: data.warrantyStart,
      warrantyEnd: data.warrantyEnd,
      termVersion: data.termVersion,
      reasonCode: data.reasonCode,
      goodwillLimit: data.upTo,
      businessDate: data.businessDate,
    }),
  WorkOrderOpened: (data) =>
    contracted(workOrderOpenedV1, {
      claimId: data.claimId,
      workOrderId: data.workOrderId,
      number: data.number,
      workshop: data.workshop,
      workshopAccountId: data.workshopAccountId,
      task: data.task,
      businessDate: data.businessDate,
    }),
  RepairRecorded: (data) =>
    contracted(repairRecordedV1, {
      claimId: data.claimId,
      unitId: data.unitId,
      workOrderId: data.workOrderId,
      coverage: data.coverage,
      currency: data.currency,
      partsMinor: data.partsMinor,
      labourMinor: data.labourMinor,
      coveredPartsMinor: data.coveredPartsMinor,
      coveredLabourMinor: data.coveredLabourMinor,
      goodwillMinor: data.goodwillMinor,
      borneByUsMinor: data.borneByUsMinor,
      borneByClientMinor: data.borneByClientMinor,
      work: data.work,
      businessDate: data.businessDate,
    }),
  ClaimRejected: (data) =>
    contracted(claimRejectedV1, { claimId: data.claimId, reason: data.reason, businessDate: data.businessDate }),
  ClaimClosed: (data) =>
    contracted(claimClosedV1, {
      claimId: data.claimId,
      outcome: data.outcome,
      signedBy: data.signedBy,
      signedOn: data.signedOn,
      reason: data.reason,
      businessDate: data.businessDate,
    }),
  ClaimReopened: (data) =>
    contracted(claimReopenedV1, { claimId: data.claimId, reason: data.reason, businessDate: data.businessDate }),
};
