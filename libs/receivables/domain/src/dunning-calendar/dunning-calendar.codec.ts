import { defineAggregate, defineCodec } from '@kontor/kernel';
import { dunningCalendarDecider, type DunningCalendarEvent } from './dunning-calendar.decider.ts';

export const dunningCalendarCodec = defineCodec<DunningCalendarEvent>('receivables', {
  DunningDateDecided: { version: 1 },
});

export const dunningCalendarAggregate = defineAggregate({
  category: 'dunningCalendar',
  decider: dunningCalendarDecider,
  codec: dunningCalendarCodec,
});
