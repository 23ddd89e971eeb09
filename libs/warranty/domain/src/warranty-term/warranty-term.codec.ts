import { defineCodec } from '@kontor/kernel';
import type { WarrantyTermEvent } from './warranty-term.events.ts';

export const warrantyTermCodec = defineCodec<WarrantyTermEvent>('warranty', {
  WarrantyTermDefined: { version: 1 },
  ProductTakenOffWarranty: { version: 1 },
});
