import type { DomainEvent } from '@kontor/kernel';

/**
 * What an administrator did with a projection or a process. `details` are the facts of the deed: schema, stream, event, counts. Who
 * did it is in the metadata, and so is the reason.
 */
export interface Deed {
  readonly subscription: string;
  readonly reason: string | null;
  readonly details: { readonly [name: string]: string | number | boolean | null };
}

export type RebuildStarted = DomainEvent<'RebuildStarted', Deed>;
export type RebuildPaused = DomainEvent<'RebuildPaused', Deed>;
export type RebuildResumed = DomainEvent<'RebuildResumed', Deed>;
export type RebuildCancelled = DomainEvent<'RebuildCancelled', Deed>;
export type RebuildCompared = DomainEvent<'RebuildCompared', Deed>;
export type ProjectionSwitched = DomainEvent<'ProjectionSwitched', Deed>;
export type ProjectionSwitchedBack = DomainEvent<'ProjectionSwitchedBack', Deed>;
export type OldCopyDiscarded = DomainEvent<'OldCopyDiscarded', Deed>;
export type ProjectionRefolded = DomainEvent<'ProjectionRefolded', Deed>;
export type StreamsReplayed = DomainEvent<'StreamsReplayed', Deed>;
export type ProjectionVerified = DomainEvent<'ProjectionVerified', Deed>;
export type ParkedStreamRetried = DomainEvent<'ParkedStreamRetried', Deed>;
export type EventSkipped = DomainEvent<'EventSkipped', Deed>;
/** Of the subscription `topic-<service>`: its history was brought to a topic of its own. */
export type TopicReplayStarted = DomainEvent<'TopicReplayStarted', Deed>;
export type TopicReplayCancelled = DomainEvent<'TopicReplayCancelled', Deed>;
export type TopicReplayEnded = DomainEvent<'TopicReplayEnded', Deed>;

export type SubscriptionEvent =
  | RebuildStarted
  | RebuildPaused
  | RebuildResumed
  | RebuildCancelled
  | RebuildCompared
  | ProjectionSwitched
  | ProjectionSwitchedBack
  | OldCopyDiscarded
  | ProjectionRefolded
  | StreamsReplayed
  | ProjectionVerified
  | ParkedStreamRetried
  | EventSkipped
  | TopicReplayStarted
  | TopicReplayCancelled
  | TopicReplayEnded;
