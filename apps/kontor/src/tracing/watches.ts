import type { Watch, WatchedEvent } from '@kontor/feed';
import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { within } from './span-end.ts';
import { spanContextOf } from './traceparent.ts';
import { MAX_LINKS, SAME_TRACE_WITHIN_MS } from './tracing.config.ts';

/** Folds of a service's projections. */
export function foldWatch(tracer: Tracer, service: string): Watch {
  return (about, fold) => {
    const attributes = consuming('fold', service, about.consumer, about.events);
    const { parent, links } = causesOf(about.events, SAME_TRACE_WITHIN_MS);
    return within(
      tracer.startSpan(`fold ${about.consumer}`, { kind: SpanKind.CONSUMER, attributes, links }, parent),
      parent,
      fold,
    );
  };
}

/** What the processes of a service do about an event: however late, it belongs to the trace of the event. */
export function processWatch(tracer: Tracer, service: string): Watch {
  return (about, handle) => {
    const [event] = about.events;
    const attributes = {
      ...consuming('handle', service, about.consumer, about.events),
      ...(event === undefined
        ? {}
        : { 'cloudevents.event_id': event.id, 'cloudevents.event_type': event.type, 'messaging.message.id': event.id }),
    };
    const { parent, links } = causesOf(about.events, Number.POSITIVE_INFINITY);
    return within(
      tracer.startSpan(`handle ${about.consumer}`, { kind: SpanKind.CONSUMER, attributes, links }, parent),
      parent,
      handle,
    );
  };
}

/** Stretches of a service's log on their way to its topic. The records carry the spans that appended them, not this one. */
export function relayWatch(tracer: Tracer): Watch {
  return (about, send) => {
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': about.consumer,
      'messaging.batch.message_count': about.events.length,
    };
    const { parent, links } = causesOf(about.events, SAME_TRACE_WITHIN_MS);
    return within(
      tracer.startSpan(`send ${about.consumer}`, { kind: SpanKind.CLIENT, attributes, links }, parent),
      parent,
      send,
    );
  };
}

function consuming(operation: string, service: string, consumer: string, events: readonly WatchedEvent[]): Attributes {
  return {
    'messaging.system': 'kontor',
    'messaging.operation.name': operation,
    'messaging.operation.type': 'process',
    'messaging.destination.name': sourceOf(events[0]?.type) ?? service,
    'messaging.consumer.group.name': consumer,
    'messaging.batch.message_count': events.length,
    'kontor.service': service,
  };
}

/** `kontor.orders.order-placed.v1` is of orders. */
function sourceOf(type: string | undefined): string | undefined {
  const [platform, service] = type?.split('.') ?? [];
  return platform === 'kontor' ? service : undefined;
}

/**
 * Work on events of one trace goes on with that trace; work on events of several is a trace of its own. The spans that appended
 * the events are linked, as far as they are not the parent and up to MAX_LINKS. What the platform is doing at the moment is no
 * cause: an append wakes consumers, and they would seem to be its children.
 */
function causesOf(
  events: readonly WatchedEvent[],
  withinMs: number,
): { readonly parent: Context; readonly links: Link[] } {
  const causes = new Map<string, Link>();
  const traces = new Set<string>();
  for (const { traceparent } of events) {
    if (traceparent === undefined || causes.has(traceparent)) continue;
    const context = spanContextOf(traceparent);
    if (context === undefined) continue;
    traces.add(context.traceId);
    causes.set(traceparent, { context });
    // More would neither be linked nor make it one trace again.
    if (causes.size > MAX_LINKS && traces.size > 1) break;
  }
  const [first, ...others] = causes.values();
  const late = Date.now() - Date.parse(events[0]?.recordedat ?? '') > withinMs;
  if (first === undefined || traces.size > 1 || late)
    return { parent: ROOT_CONTEXT, links: [...causes.values()].slice(0, MAX_LINKS) };
  return { parent: trace.setSpanContext(ROOT_CONTEXT, first.context), links: others.slice(0, MAX_LINKS) };
}
