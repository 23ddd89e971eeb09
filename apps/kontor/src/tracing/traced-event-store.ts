import {
  type AppendReceipt,
  type EventStore,
  type ExpectedRevision,
  ForwardingEventStore,
  type NewEvent,
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
export class TracedEventStore extends ForwardingEventStore {
  constructor(
    store: EventStore,
    private readonly tracer: Tracer,
    private readonly log: TracedLog,
  ) {
    super(store);
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
}
