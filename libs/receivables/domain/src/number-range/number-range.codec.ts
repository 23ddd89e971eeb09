import { defineAggregate, defineCodec } from '@kontor/kernel';
import { numberRangeDecider, type NumberRangeEvent } from './number-range.decider.ts';

const numberRangeCodec = defineCodec<NumberRangeEvent>('receivables', {
  NumberAssigned: { version: 1 },
});

export const numberRangeAggregate = defineAggregate({
  category: 'numberRange',
  decider: numberRangeDecider,
  codec: numberRangeCodec,
});
