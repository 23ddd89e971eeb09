import { contracted, type PublicationTable } from '@kontor/feed';
import {
  unitRedeliveredV1,
  unitRegisteredV1,
  unitReplacedV1,
  unitTakenOffWarrantyV1,
  unitTransferredV1,
  warrantyStartedV1,
} from '@kontor/warranty-contracts';
import type { UnitEvent } from '@kontor/warranty-domain';

export const unitPublication: PublicationTable<UnitEvent> = {
  UnitRegistered: (data) =>
    contracted(unitRegisteredV1, {
      unitId: data.unitId,
      entityId: data.entityId,
      serial: data.serial,
      productId: data.productId,
      sku: data.sku,
      accountId: data.accountId,
      orderId: data.orderId,
      deliveryId: data.deliveryId,
      lineId: data.lineId,
      quantity: data.quantity,
      basis: data.cover?.term.basis ?? null,
      warrantyStart: data.warrantyStart,
      warrantyEnd: data.warrantyEnd,
      partsEnd: data.partsEnd,
      labourEnd: data.labourEnd,
      termVersion: data.cover?.term.version ?? null,
      replacesUnitId: data.replacesUnitId,
      businessDate: data.businessDate,
    }),
  UnitRedelivered: (data) =>
    contracted(unitRedeliveredV1, {
      unitId: data.unitId,
      accountId: data.accountId,
      previousAccountId: data.previousAccountId,
      orderId: data.orderId,
      deliveryId: data.deliveryId,
      lineId: data.lineId,
      newTerm: data.newTerm,
      basis: data.cover?.term.basis ?? null,
      warrantyStart: data.warrantyStart,
      warrantyEnd: data.warrantyEnd,
      partsEnd: data.partsEnd,
      labourEnd: data.labourEnd,
      termVersion: data.cover?.term.version ?? null,
      businessDate: data.businessDate,
    }),
  WarrantyStarted: (data) =>
    contracted(warrantyStartedV1, {
      unitId: data.unitId,
      basis: data.basis,
      basisDate: data.basisDate,
      warrantyStart: data.warrantyStart,
      warrantyEnd: data.warrantyEnd,
      partsEnd: data.partsEnd,
      labourEnd: data.labourEnd,
      termVersion: data.termVersion,
      businessDate: data.businessDate,
    }),
  UnitTransferred: (data) =>
    contracted(unitTransferredV1, {
      unitId: data.unitId,
      accountId: data.accountId,
      previousAccountId: data.previousAccountId,
      reason: data.reason,
      businessDate: data.businessDate,
    }),
  UnitTakenOffWarranty: (data) =>
    contracted(unitTakenOffWarrantyV1, {
      unitId: data.unitId,
      reason: data.reason,
      businessDate: data.businessDate,
    }),
  UnitReplaced: (data) =>
    contracted(unitReplacedV1, {
      unitId: data.unitId,
      replacementUnitId: data.replacementUnitId,
      businessDate: data.businessDate,
    }),
  // What a unit remembers of its own claims; the claim has published it.
  CoverUsed: null,
};
