import { defineAggregate, defineCodec } from '@kontor/kernel';
import { staffDecider } from './staff.decider.ts';
import type { StaffEvent } from './staff.events.ts';

const staffCodec = defineCodec<StaffEvent>('accounts', {
  StaffPlaced: {
    version: 1,
    personal: { subject: 'staffId', fields: ['name', 'externalId', 'sourceContent'] },
  },
});

export const staffAggregate = defineAggregate({ category: 'staff', decider: staffDecider, codec: staffCodec });
