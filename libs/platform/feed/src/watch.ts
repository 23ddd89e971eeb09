/** What a consumer is about to do with events. */
export interface WatchedWork {
  /** Name of the projection, the process or the topic. */
  readonly consumer: string;
  /** In order; at least one. Of a timer that fell due: what set it, without a trace of its own. */
  readonly events: readonly WatchedEvent[];
}

export interface WatchedEvent {
  readonly id: string;
  readonly type: string;
  readonly recordedat: string;
  readonly traceparent?: string | undefined;
}

/**
 * Stands around the work of a consumer for whoever wants to see it, as a trace. It does the work once, and changes neither
 * what comes of it nor what it throws. Where there is none, nothing is prepared for it either.
 */
export type Watch = <Result>(about: WatchedWork, work: () => Promise<Result>) => Promise<Result>;
