import type { EventStore } from '@kontor/event-store';
import type { Watch } from '@kontor/feed';
import { context, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { FastifyInstance } from 'fastify';
import { ReportedExporter } from './reported-exporter.ts';
import type { Collector, TracedProcess } from './start-tracing.ts';
import { TracedEventStore, type TracedLog } from './traced-event-store.ts';
import { traceRequests } from './traced-requests.ts';
import {
  EXPORT_EVERY_MS,
  EXPORT_SPANS,
  EXPORT_WITHIN_MS,
  LAST_EXPORT_WITHIN_MS,
  MAX_WAITING_SPANS,
} from './tracing.config.ts';
import { foldWatch, processWatch, relayWatch } from './watches.ts';

/** Everything of this process that is traced. Where tracing is off there is none, and nobody asks. */
export class Tracing {
  constructor(
    private readonly tracer: Tracer,
    private readonly end: () => Promise<void>,
  ) {}

  requests(fastify: FastifyInstance): void {
    traceRequests(fastify, this.tracer);
  }

  store(store: EventStore, log: TracedLog): EventStore {
    return new TracedEventStore(store, this.tracer, log);
  }

  folds(service: string): Watch {
    return foldWatch(this.tracer, service);
  }

  processes(service: string): Watch {
    return processWatch(this.tracer, service);
  }

  relays(): Watch {
    return relayWatch(this.tracer);
  }

  /** Sends what is left, for a moment at most. */
  stop(): Promise<void> {
    return this.end();
  }
}

/** One at a time in a process: the context of what is under way is the process's. */
export function tracingTo(collector: Collector, traced: TracedProcess): Tracing {
  const exporter = new OTLPTraceExporter({
    url: tracesUrl(collector.endpoint),
    headers: { ...collector.headers },
    timeoutMillis: EXPORT_WITHIN_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.namespace': 'kontor',
      'service.name': traced.service,
      'service.version': traced.version,
      ...(traced.instance === undefined ? {} : { 'service.instance.id': traced.instance }),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(collector.share) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new ReportedExporter(exporter, traced.logger),
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_WITHIN_MS,
        maxExportBatchSize: EXPORT_SPANS,
        maxQueueSize: MAX_WAITING_SPANS,
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return new Tracing(provider.getTracer('kontor', traced.version), async () => {
    // What fails here was reported, and the process goes down whatever becomes of its last spans.
    await Promise.race([provider.shutdown().catch(() => undefined), elapsed(LAST_EXPORT_WITHIN_MS)]);
    context.disable();
  });
}

/** As the specification says of the variable without a signal in its name: the path of the signal is put behind. */
export function tracesUrl(endpoint: string): string {
  return new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href;
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
