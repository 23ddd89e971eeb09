import type { StoredData } from '@kontor/kernel';
import type { StoredEvent } from '@kontor/event-store';

/** An event after the upcast to its current version, personal fields still sealed. `type` is without context and version. */
export interface PublishedSource {
  readonly type: string;
  readonly data: StoredData;
  readonly stored: StoredEvent;
}

export interface Contracted {
  readonly contract: string;
  readonly data: unknown;
}

/** Pure: one stored event gives at most one contract. */
export interface Publication {
  readonly service: string;
  readonly publish: (event: PublishedSource) => Contracted | undefined;
}
