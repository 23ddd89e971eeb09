import { defineCodec } from '@kontor/kernel';
import type { ClaimEvent } from './claim.events.ts';

export const claimCodec = defineCodec<ClaimEvent>('warranty', {
  ClaimOpened: { version: 1, personal: { subject: 'accountId', fields: ['description'] } },
  ClaimHandedOver: { version: 1 },
  CoverageDecided: { version: 1 },
  GoodwillGranted: { version: 1 },
  WorkOrderOpened: { version: 1 },
  RepairRecorded: { version: 1 },
  ClaimRejected: { version: 1 },
  ClaimClosed: { version: 1, personal: { subject: 'accountId', fields: ['signedBy'] } },
  ClaimReopened: { version: 1 },
});
