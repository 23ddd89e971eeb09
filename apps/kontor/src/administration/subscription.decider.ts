import { accept, type Decider, defineAggregate } from '@kontor/kernel';
import { subscriptionCodec } from './subscription.codec.ts';
import type { RecordDeed } from './subscription.commands.ts';
import type { SubscriptionEvent } from './subscription.events.ts';

/** Number of deeds: what may be done is decided where the tables are; the stream only remembers. */
export type SubscriptionState = number;

const next = (state: SubscriptionState): SubscriptionState => state + 1;

const subscriptionDecider: Decider<SubscriptionState, RecordDeed, SubscriptionEvent> = {
  initial: 0,
  evolve: {
    RebuildStarted: next,
    RebuildPaused: next,
    RebuildResumed: next,
    RebuildCancelled: next,
    RebuildCompared: next,
    ProjectionSwitched: next,
    ProjectionSwitchedBack: next,
    OldCopyDiscarded: next,
    ProjectionRefolded: next,
    StreamsReplayed: next,
    ProjectionVerified: next,
    ParkedStreamRetried: next,
    EventSkipped: next,
    TopicReplayStarted: next,
    TopicReplayCancelled: next,
    TopicReplayEnded: next,
  },
  decide: { RecordDeed: ({ deed }) => accept(deed) },
};

/** Stream `subscription-pipeline` in the log of the service that runs it. */
export const subscriptionAggregate = defineAggregate({
  category: 'subscription',
  decider: subscriptionDecider,
  codec: subscriptionCodec,
});
