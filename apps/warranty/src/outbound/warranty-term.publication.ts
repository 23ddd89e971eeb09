import { contracted, type PublicationTable } from '@kontor/feed';
import { productTakenOffWarrantyV1, warrantyTermDefinedV1 } from '@kontor/warranty-contracts';
import type { WarrantyTermEvent } from '@kontor/warranty-domain';

export const warrantyTermPublication: PublicationTable<WarrantyTermEvent> = {
  WarrantyTermDefined: (data) =>
    contracted(warrantyTermDefinedV1, {
      productId: data.productId,
      version: data.version,
      basis: data.basis,
      graceCapDays: data.graceCapDays,
      partsMonths: data.partsMonths,
      labourMonths: data.labourMonths,
      minimumMonths: data.minimumMonths,
      replacementPolicy: data.replacementPolicy,
      claimCap: data.caps.claims,
      partsCap: data.caps.parts,
      labourCap: data.caps.labour,
      validFrom: data.validFrom,
      businessDate: data.businessDate,
    }),
  ProductTakenOffWarranty: (data) =>
    contracted(productTakenOffWarrantyV1, {
      productId: data.productId,
      validFrom: data.validFrom,
      reason: data.reason,
      businessDate: data.businessDate,
    }),
};
