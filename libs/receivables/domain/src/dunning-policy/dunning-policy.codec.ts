import { defineAggregate, defineCodec } from '@kontor/kernel';
import { dunningPolicyDecider, type DunningPolicyEvent } from './dunning-policy.decider.ts';

const dunningPolicyCodec = defineCodec<DunningPolicyEvent>('receivables', {
  DunningPolicyStored: { version: 1 },
});

export const dunningPolicyAggregate = defineAggregate({
  category: 'dunningPolicy',
  decider: dunningPolicyDecider,
  codec: dunningPolicyCodec,
});
