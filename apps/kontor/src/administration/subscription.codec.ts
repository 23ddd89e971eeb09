import { defineCodec } from '@kontor/kernel';
import type { SubscriptionEvent } from './subscription.events.ts';

/** Every service records what was done with its own subscriptions in its own log; the names are the platform's. */
export const subscriptionCodec = defineCodec<SubscriptionEvent>('platform', {
  RebuildStarted: { version: 1 },
  RebuildPaused: { version: 1 },
  RebuildResumed: { version: 1 },
  RebuildCancelled: { version: 1 },
  RebuildCompared: { version: 1 },
  ProjectionSwitched: { version: 1 },
  ProjectionSwitchedBack: { version: 1 },
  OldCopyDiscarded: { version: 1 },
  ProjectionRefolded: { version: 1 },
  StreamsReplayed: { version: 1 },
  ProjectionVerified: { version: 1 },
  ParkedStreamRetried: { version: 1 },
  EventSkipped: { version: 1 },
  TopicReplayStarted: { version: 1 },
  TopicReplayCancelled: { version: 1 },
  TopicReplayEnded: { version: 1 },
});
