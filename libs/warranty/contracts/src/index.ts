// The published events of after-sales: what other services may rely on.
import { unitRegisteredV1 } from './unit-registered.v1.ts';
import { warrantyStartedV1 } from './warranty-started.v1.ts';
import { unitRedeliveredV1 } from './unit-redelivered.v1.ts';
import { unitTransferredV1 } from './unit-transferred.v1.ts';
import { unitTakenOffWarrantyV1 } from './unit-taken-off-warranty.v1.ts';
import { unitReplacedV1 } from './unit-replaced.v1.ts';
import { warrantyTermDefinedV1 } from './warranty-term-defined.v1.ts';
import { productTakenOffWarrantyV1 } from './product-taken-off-warranty.v1.ts';
import { claimOpenedV1 } from './claim-opened.v1.ts';
import { claimHandedOverV1 } from './claim-handed-over.v1.ts';
import { coverageDecidedV1 } from './coverage-decided.v1.ts';
import { workOrderOpenedV1 } from './work-order-opened.v1.ts';
import { repairRecordedV1 } from './repair-recorded.v1.ts';
import { claimRejectedV1 } from './claim-rejected.v1.ts';
import { claimClosedV1 } from './claim-closed.v1.ts';
import { claimReopenedV1 } from './claim-reopened.v1.ts';

export const service = 'warranty';

export const contracts = [
  unitRegisteredV1,
  warrantyStartedV1,
  unitRedeliveredV1,
  unitTransferredV1,
  unitTakenOffWarrantyV1,
  unitReplacedV1,
  warrantyTermDefinedV1,
  productTakenOffWarrantyV1,
  claimOpenedV1,
  claimHandedOverV1,
  coverageDecidedV1,
  workOrderOpenedV1,
  repairRecordedV1,
  claimRejectedV1,
  claimClosedV1,
  claimReopenedV1,
];

export {
  unitRegisteredV1,
  warrantyStartedV1,
  unitRedeliveredV1,
  unitTransferredV1,
  unitTakenOffWarrantyV1,
  unitReplacedV1,
  warrantyTermDefinedV1,
  productTakenOffWarrantyV1,
  claimOpenedV1,
  claimHandedOverV1,
  coverageDecidedV1,
  workOrderOpenedV1,
  repairRecordedV1,
  claimRejectedV1,
  claimClosedV1,
  claimReopenedV1,
};
export type { UnitRegisteredV1 } from './unit-registered.v1.ts';
export type { WarrantyStartedV1 } from './warranty-started.v1.ts';
export type { UnitRedeliveredV1 } from './unit-redelivered.v1.ts';
export type { UnitTransferredV1 } from './unit-transferred.v1.ts';
export type { UnitTakenOffWarrantyV1 } from './unit-taken-off-warranty.v1.ts';
export type { UnitReplacedV1 } from './unit-replaced.v1.ts';
export type { WarrantyTermDefinedV1 } from './warranty-term-defined.v1.ts';
export type { ProductTakenOffWarrantyV1 } from './product-taken-off-warranty.v1.ts';
export type { ClaimOpenedV1 } from './claim-opened.v1.ts';
export type { ClaimHandedOverV1 } from './claim-handed-over.v1.ts';
export type { CoverageDecidedV1 } from './coverage-decided.v1.ts';
export type { WorkOrderOpenedV1 } from './work-order-opened.v1.ts';
export type { RepairRecordedV1 } from './repair-recorded.v1.ts';
export type { ClaimRejectedV1 } from './claim-rejected.v1.ts';
export type { ClaimClosedV1 } from './claim-closed.v1.ts';
export type { ClaimReopenedV1 } from './claim-reopened.v1.ts';
