import {
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { spanContextOf, traceparentOf } from './traceparent.ts';

/** Asked every few seconds by machines; nobody follows them. */
const UNTRACED = /^\/(health|metrics)(\/|\?|$)/;

/**
 * A span for each request; it goes on with the trace of the caller's `traceparent`. Names and attributes hold the route, never
 * the address as it was asked, whose query may have names of people. To be called before the routes are made.
 */
export function traceRequests(fastify: FastifyInstance, tracer: Tracer): void {
  const traced = new WeakMap<FastifyRequest, Context>();
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!UNTRACED.test(request.url)) {
      const span = begun(tracer, request);
      traced.set(request, trace.setSpan(ROOT_CONTEXT, span));
      // Whoever passes the request on passes this span on.
      request.headers.traceparent = traceparentOf(span.spanContext());
      reply.raw.once('close', () => {
        ended(span, reply.raw.headersSent ? reply.raw.statusCode : undefined);
      });
    }
    done();
  });
  // Only here: a body that is read in between comes by events of the socket, which know nothing of the request's context.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const active = traced.get(request);
    if (active === undefined) done();
    else context.with(active, done);
  });
}

function begun(tracer: Tracer, request: FastifyRequest): Span {
  const caller = spanContextOf(traceparentIn(request));
  const route = routeOf(request);
  return tracer.startSpan(
    route === undefined ? request.method : `${request.method} ${route}`,
    {
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': request.method,
        'url.scheme': request.protocol,
        'network.protocol.version': request.raw.httpVersion,
        ...(route === undefined ? {} : { 'http.route': route, 'url.path': route }),
      },
    },
    caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller),
  );
}

/** Undefined: the caller was gone before there was an answer. */
function ended(span: Span, status: number | undefined): void {
  if (status === undefined) span.setAttribute('error.type', 'aborted');
  else {
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) {
      span.setAttribute('error.type', String(status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
  }
  span.end();
}

function traceparentIn({ headers }: FastifyRequest): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' ? traceparent : undefined;
}

/** What answers everything (such as the origin's only route) says nothing about a request. */
function routeOf({ routeOptions: { url } }: FastifyRequest): string | undefined {
  return url === undefined || url.includes('*') ? undefined : url;
}
