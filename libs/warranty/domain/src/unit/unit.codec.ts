import { defineCodec } from '@kontor/kernel';
import type { UnitEvent } from './unit.events.ts';

export const unitCodec = defineCodec<UnitEvent>('warranty', {
  UnitRegistered: { version: 1 },
  UnitRedelivered: { version: 1 },
  WarrantyStarted: { version: 1 },
  UnitTransferred: { version: 1 },
  UnitTakenOffWarranty: { version: 1 },
  UnitReplaced: { version: 1 },
  CoverUsed: { version: 1 },
});
