import {
  type AllPage,
  type AppendReceipt,
  EventStore,
  type ExpectedRevision,
  type LogHead,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '@kontor/event-store';
import { context, SpanKind, type Tracer } from '@opentelemetry/api';
import type { StoreKind } from '../migration/store-registry.ts';
import { within } from './span-end.ts';
import { traceparentOf } from './traceparent.ts';

export interface TracedLog {
  readonly service: string;
  readonly kind: StoreKind;
}

/** As OpenTelemetry calls the systems. */
const SYSTEMS = { postgres: 'postgresql', eventstore: 'eventstoredb' } as const satisfies Record<StoreKind, string>;

/**
 * A log whose appends are spans. The span goes into the events as their `traceparent`, in place of what the caller sent, so that
 * whoever reads them later, in whichever process, goes on with the trace that wrote them. Readings are not traced.
 */
export class TracedEventStore extends EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly tracer: Tracer,
    private readonly log: TracedLog,
  ) {
    super();
  }

  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendReceipt> {
    const { service, kind } = this.log;
    const parent = context.active();
    const span = this.tracer.startSpan(
      `append ${service}`,
      {
        kind: SpanKind.PRODUCER,
        attributes: {
          'db.system.name': SYSTEMS[kind],
          'db.operation.name': 'append',
          'messaging.system': 'kontor',
          'messaging.operation.name': 'append',
          'messaging.operation.type': 'send',
          'messaging.destination.name': service,
          'messaging.batch.message_count': events.length,
          'kontor.service': service,
          'kontor.stream': stream,
        },
      },
      parent,
    );
    const traceparent = traceparentOf(span.spanContext());
    const traced = events.map((event) => ({ ...event, metadata: { ...event.metadata, traceparent } }));
    return within(span, parent, async () => {
      const receipt = await this.store.append(stream, expected, traced);
      span.setAttribute('kontor.position', receipt.position.toString());
      return receipt;
    });
  }

  override readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    return this.store.readStream(stream, options);
  }

  override readAll(options: ReadAllOptions): Promise<AllPage> {
    return this.store.readAll(options);
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    return this.store.subscribe(options);
  }

  override head(): Promise<LogHead> {
    return this.store.head();
  }

  override close(): Promise<void> {
    return this.store.close();
  }
}
