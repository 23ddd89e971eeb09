import type { SubscriptionEvent } from './subscription.events.ts';

/** The deed is done already, and written down in the transaction in which it was; this makes an event of it. */
export interface RecordDeed {
  readonly type: 'RecordDeed';
  readonly deed: SubscriptionEvent;
}
