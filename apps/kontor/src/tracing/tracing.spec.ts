import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryLog, note } from '@kontor/testing/feed-contract';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { fastify } from 'fastify';
import { TracedEventStore } from './traced-event-store.ts';
import { traceRequests } from './traced-requests.ts';
import { tracesUrl } from './tracing.ts';
import { MAX_LINKS } from './tracing.config.ts';
import { spanContextOf, traceparentOf } from './traceparent.ts';
import { foldWatch, processWatch, relayWatch } from './watches.ts';

const CALLER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracer = provider.getTracer('test');

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => exporter.reset());
afterAll(async () => {
  context.disable();
  await provider.shutdown();
});

function only(spans: readonly ReadableSpan[] = exporter.getFinishedSpans()): ReadableSpan {
  expect(spans).toHaveLength(1);
  return spans[0] as ReadableSpan;
}

describe('a traceparent', () => {
  it('is read and written as W3C Trace Context has it', () => {
    const found = spanContextOf(CALLER);
    expect(found).toEqual({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
      isRemote: true,
    });
    expect(found && traceparentOf(found)).toBe(CALLER);
  });

  it('is none when it is something else', () => {
    for (const text of [undefined, '', '00-1-2-03', CALLER.toUpperCase(), `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])
      expect(spanContextOf(text)).toBeUndefined();
  });
});

describe('a request', () => {
  async function served(url: string, headers: { readonly [name: string]: string } = {}) {
    const app = fastify();
    traceRequests(app, tracer);
    const seen: (string | undefined)[] = [];
    app.post('/v1/things/:id', async (request) => {
      await Promise.resolve();
      const active = trace.getSpanContext(context.active());
      seen.push(active && traceparentOf(active), request.headers.traceparent as string);
      return {};
    });
    app.post('/v1/broken', async () => {
      throw new Error('Berta Buch owes too much');
    });
    app.post('/health/ready', async () => ({}));
    // Over a socket: in an injected request the body comes in the context of the request.
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    await fetch(`${address}${url}`, {
      method: 'POST',
      body: '{"name":"Berta Buch"}',
      headers: { 'content-type': 'application/json', ...headers },
    });
    await app.close();
    return seen;
  }

  it('goes on with the trace of its caller, and is what is active while it is handled', async () => {
    const seen = await served('/v1/things/Berta?name=Buch', { traceparent: CALLER });
    const span = only();
    expect(span.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(span.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(seen).toEqual([traceparentOf(span.spanContext()), traceparentOf(span.spanContext())]);
  });

  it('X-08: is named by its route; what was asked for does not appear', async () => {
    await served('/v1/things/Berta?name=Buch');
    const span = only();
    expect([span.name, span.kind, span.parentSpanContext, span.attributes]).toEqual([
      'POST /v1/things/:id',
      SpanKind.SERVER,
      undefined,
      {
        'http.request.method': 'POST',
        'url.scheme': 'http',
        'network.protocol.version': '1.1',
        'http.route': '/v1/things/:id',
        'url.path': '/v1/things/:id',
        'http.response.status_code': 200,
      },
    ]);
  });

  it('has failed when the answer says so, without a word of why', async () => {
    await served('/v1/broken');
    const span = only();
    expect([span.status, span.attributes['error.type'], span.events]).toEqual([
      { code: SpanStatusCode.ERROR },
      '500',
      [],
    ]);
  });

  it('has no route where there is none, and probes are not traced', async () => {
    await served('/v1/Berta');
    expect([only().name, only().attributes['url.path']]).toEqual(['POST', undefined]);
    await served('/health/ready');
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });
});

describe('an append', () => {
  it('is a child of what is active, and goes into its events in place of what the caller sent', async () => {
    const log = new TracedEventStore(new MemoryLog(), tracer, { service: 'notes', kind: 'postgres' });
    const outer = tracer.startSpan('outer');
    await context.with(trace.setSpan(ROOT_CONTEXT, outer), () =>
      log.append('note-1', 'none', [note('one', { traceparent: CALLER }), note('two')]),
    );
    const span = only();
    expect([span.name, span.kind, span.parentSpanContext?.spanId]).toEqual([
      'append notes',
      SpanKind.PRODUCER,
      outer.spanContext().spanId,
    ]);
    expect(span.attributes).toMatchObject({ 'db.system.name': 'postgresql', 'kontor.stream': 'note-1' });
    const { events } = await log.readAll({ after: 0n, limit: 10 });
    const own = traceparentOf(span.spanContext());
    expect(events.map(({ metadata }) => metadata.traceparent)).toEqual([own, own]);
  });

  it('names the kind of a fault and throws it on', async () => {
    class Full extends MemoryLog {
      override async append(): Promise<never> {
        throw new RangeError('no room for Berta Buch');
      }
    }
    const log = new TracedEventStore(new Full(), tracer, { service: 'notes', kind: 'eventstore' });
    await expect(log.append('note-1', 'none', [note('one')])).rejects.toThrow(new RangeError('no room for Berta Buch'));
    const span = only();
    expect([span.status, span.attributes['error.type'], span.events]).toEqual([
      { code: SpanStatusCode.ERROR },
      'RangeError',
      [],
    ]);
  });
});

describe('work on events', () => {
  const event = (trace: number, span: number, ageMs = 0) => ({
    id: `event-${trace}-${span}`,
    type: 'kontor.orders.order-placed.v1',
    recordedat: new Date(Date.now() - ageMs).toISOString(),
    traceparent: `00-${String(trace).padStart(32, '0')}-${String(span).padStart(16, '0')}-01`,
  });
  const links = (span: ReadableSpan) => span.links.map(({ context: { spanId } }) => Number(spanId));

  it('goes on with the trace where all are of one, and links the other appends', async () => {
    const fold = foldWatch(tracer, 'insights');
    const work = async () => trace.getSpanContext(context.active())?.spanId;
    const active = await fold({ consumer: 'account_360', events: [event(1, 1), event(1, 1), event(1, 2)] }, work);
    const span = only();
    expect(active).toBe(span.spanContext().spanId);
    expect([span.name, span.parentSpanContext?.spanId, links(span)]).toEqual([
      'fold account_360',
      '0000000000000001',
      [2],
    ]);
    expect(span.attributes).toEqual({
      'messaging.system': 'kontor',
      'messaging.operation.name': 'fold',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'orders',
      'messaging.consumer.group.name': 'account_360',
      'messaging.batch.message_count': 3,
      'kontor.service': 'insights',
    });
  });

  it('is a trace of its own where they are of several, with a bounded number of links', async () => {
    const events = Array.from({ length: MAX_LINKS * 3 }, (_, index) => event(index + 1, index + 1));
    await foldWatch(tracer, 'orders')({ consumer: 'order_list', events }, async () => undefined);
    const span = only();
    expect(span.parentSpanContext).toBeUndefined();
    expect(links(span)).toEqual(Array.from({ length: MAX_LINKS }, (_, index) => index + 1));
  });

  it('is never taken for a part of what happens to be under way', async () => {
    const other = tracer.startSpan('other');
    await context.with(trace.setSpan(ROOT_CONTEXT, other), () =>
      relayWatch(tracer)(
        { consumer: 'kontor.orders', events: [{ ...event(1, 1), traceparent: undefined }] },
        async () => Promise.resolve(),
      ),
    );
    expect([only().name, only().kind, only().parentSpanContext]).toEqual([
      'send kontor.orders',
      SpanKind.CLIENT,
      undefined,
    ]);
  });

  it('is no part of the trace any more when it comes much later, as in a rebuild; a process goes on however late', async () => {
    const late = { consumer: 'CreditCheck', events: [event(1, 1, 86_400_000)] };
    await foldWatch(tracer, 'orders')(late, async () => undefined);
    expect([only().parentSpanContext, links(only())]).toEqual([undefined, [1]]);
    exporter.reset();
    await processWatch(tracer, 'orders')(late, async () => undefined);
    expect([only().parentSpanContext?.spanId, only().attributes['cloudevents.event_id']]).toEqual([
      '0000000000000001',
      'event-1-1',
    ]);
  });

  it('of a caller who does not record is not recorded either', async () => {
    const unrecorded = { ...event(1, 1), traceparent: event(1, 1).traceparent.replace(/01$/, '00') };
    await processWatch(tracer, 'orders')({ consumer: 'CreditCheck', events: [unrecorded] }, async () => undefined);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

describe('the collector', () => {
  it('takes traces below its address', () => {
    expect(['http://here:4318', 'http://here:4318/', 'https://there/otlp'].map(tracesUrl)).toEqual([
      'http://here:4318/v1/traces',
      'http://here:4318/v1/traces',
      'https://there/otlp/v1/traces',
    ]);
  });
});
