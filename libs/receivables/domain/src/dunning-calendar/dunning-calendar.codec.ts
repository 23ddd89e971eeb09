import { defineAggregate, defineCodec } from '@kontor/kernel';
import { dunningCalendarDecider } from './dunning-calendar.decider.ts';
import type { DunningCalendarEvent } from './dunning-calendar.events.ts';

const dunningCalendarCodec = defineCodec<DunningCalendarEvent>('receivables', {
  DunningRunBegun: { version: 1 },
  DunningDateDecided: { version: 1 },
  DunningRunFinished: { version: 1 },
});

export const dunningCalendarAggregate = defineAggregate({
  category: 'dunningCalendar',
  decider: dunningCalendarDecider,
  codec: dunningCalendarCodec,
});
