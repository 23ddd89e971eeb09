import type { DomainEvent } from './decider.ts';

/** A JSON object as it lies in the store, before or after an upcast. */
export type StoredData = { readonly [field: string]: unknown };

/**
 * How one event type is stored. `version` is the current one; `upcasts[n]` turns the data of version n into those of
 * n + 1. `personal` names the fields that are sealed with a subject's key before they reach the store: `subject` is the
 * field that holds the subject's id, `fields` are the sealed ones (text or null). After the key is destroyed they read as null.
 */
export interface EventCodec {
  readonly version: number;
  readonly upcasts?: { readonly [fromVersion: number]: (data: StoredData) => StoredData };
  readonly personal?: { readonly subject: string; readonly fields: readonly string[] };
}

/** Stored names are durable: `<context>.<Event>.v<N>`. Keyed by event type, so that a forgotten event does not compile. */
export interface Codec<Event extends DomainEvent = DomainEvent> {
  readonly context: string;
  readonly events: { readonly [Type in Event['type']]: EventCodec };
}

export function defineCodec<Event extends DomainEvent>(context: string, events: Codec<Event>['events']): Codec<Event> {
  return { context, events };
}
