import replyFrom from '@fastify/reply-from';
import {
  answerBrokenRequest,
  CLOSES_QUIETLY,
  Problem,
  refuseFields,
  refuseWhileStopping,
  sendProblem,
} from '@kontor/http';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Tracing } from '../../tracing/tracing.ts';
import { type Asked, destinationOf } from './destination.ts';
import { docsScript } from './docs-script.ts';
import { askAll, askOne, requireEach, ServiceAway } from './gather.ts';
import { gatheredAnswers } from './gathered-answers.ts';
import { RouteTable, type ServiceDocument } from './route-table.ts';
import { Upstreams } from './upstreams.ts';

/** As the services: what is larger is refused before it goes anywhere. */
const MAX_BODY_BYTES = 1_048_576;
/** A fold that is verified answers when it is done. */
const HEADERS_WITHIN_MS = 3_600_000;
/** A history that is followed says something every second. */
const SILENT_AT_MOST_MS = 300_000;
const CONNECTIONS_EACH = 256;
/** How often the services are asked what they answer: until all have said it, and afterwards. */
const LEARN_MS = 250;
const LEARN_AGAIN_MS = 60_000;
const NOTHING_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const REPEATABLE = new Set(['GET', 'HEAD']);

export interface GatewayOptions {
  readonly upstreams: ReadonlyMap<string, readonly string[]>;
  readonly logger: Logger;
  readonly tracing?: Tracing | undefined;
  readonly answerWithinMs?: number;
}

export interface Gateway {
  readonly app: FastifyInstance;
  /** Resolves when every service has said what it answers. */
  readonly complete: Promise<void>;
  close(): Promise<void>;
}

/**
 * The one origin in front of the service processes. Whose a route is, it learns from their OpenAPI documents; what is of all
 * services it puts together. A process that does not answer is passed over, as long as nothing was sent to it.
 */
export async function gateway({
  upstreams: addresses,
  logger,
  tracing,
  answerWithinMs,
}: GatewayOptions): Promise<Gateway> {
  const upstreams = new Upstreams(addresses, answerWithinMs);
  const table = new RouteTable(upstreams.services);
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    ...CLOSES_QUIETLY,
    clientErrorHandler: answerBrokenRequest,
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply, logger),
  });
  tracing?.requests(app);
  let stopping = false;
  refuseWhileStopping(app, () => stopping, logger);
  app.setErrorHandler((error, request, reply) => {
    sendProblem(error instanceof ServiceAway ? away(error.service) : error, request, reply, logger);
  });
  // Whatever comes goes on as it came: the services judge it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await app.register(replyFrom, {
    disableRequestLogging: true,
    undici: { connections: CONNECTIONS_EACH, headersTimeout: HEADERS_WITHIN_MS, bodyTimeout: SILENT_AT_MOST_MS },
    destroyAgent: true,
  });
  const answers = gatheredAnswers(upstreams, table);

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (request.url.startsWith('/health/')) refuseFields(Object.keys(request.query as object), []);
    if (request.url === '/health/live') return { status: 'live' };
    const destination = destinationOf(askedIn(request), table);
    switch (destination.to) {
      case 'all':
        return answers[destination.gathered](request, reply);
      case 'origin':
        return answerHere(destination.answer, request, reply);
      case 'unheard':
        throw starting(destination.services);
      case 'service':
        return passOn(upstreams.inTurn(destination.service), destination.service, request, reply);
    }
  };
  const answerHere = async (what: 'live' | 'ready' | 'docs', request: FastifyRequest, reply: FastifyReply) => {
    if (what === 'docs') return reply.type('application/javascript; charset=utf-8').send(docsScript);
    if (what === 'live') return { status: 'live' };
    const ready = (await askAll(upstreams, '/health/ready', request)).filter(({ response }) => response.ok);
    requireEach(upstreams, ready);
    return { status: 'ready' };
  };
  const passOn = (urls: readonly string[], service: string, request: FastifyRequest, reply: FastifyReply): unknown => {
    const [url, ...others] = urls;
    if (url === undefined) throw new ServiceAway(service);
    const body = bodyOf(request);
    return reply.from(request.url.split('?', 1)[0], {
      ...{ getUpstream: () => url, retryDelay: () => null },
      ...(body === undefined
        ? {}
        : { body, contentType: request.headers['content-type'] ?? 'application/octet-stream' }),
      onResponse(_request, _reply, { stream }) {
        // Where it is of one process only, another one may have it.
        if (reply.statusCode !== 409 || others.length === 0) void reply.send(stream);
        else
          bytesOf(stream).then(
            (answer) => (isHeldElsewhere(answer) ? passOn(others, service, request, reply) : reply.send(answer)),
            () => sendProblem(outcomeUnknown(service), request, reply, logger),
          );
      },
      rewriteRequestHeaders: (_request, headers) => ({ ...headers, host: request.headers.host }),
      onError(_reply, { error }) {
        const { code } = causeOf(error);
        upstreams.shun(url);
        const mayRepeat = NOTHING_SENT.has(code) || REPEATABLE.has(request.method);
        logger.warn({ err: error, service, url, code }, 'a process did not answer');
        if (mayRepeat && others.length > 0) passOn(others, service, request, reply);
        else sendProblem(mayRepeat ? away(service) : outcomeUnknown(service), request, reply, logger);
      },
    });
  };
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/*',
    handler: answer,
  });
  const learning = new Learning(upstreams, table);
  return {
    app,
    complete: learning.complete,
    async close() {
      stopping = true;
      learning.stop();
      await app.close();
    },
  };
}

/** Asks the services for their documents until all have answered, and now and then afterwards: they may have been upgraded. */
class Learning {
  readonly complete: Promise<void>;
  private readonly done = Promise.withResolvers<void>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly upstreams: Upstreams,
    private readonly table: RouteTable,
  ) {
    this.complete = this.done.promise;
    void this.round();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async round(): Promise<void> {
    const wanted = this.table.unknown.length > 0 ? this.table.unknown : this.upstreams.services;
    await Promise.allSettled(wanted.map((service) => this.learn(service)));
    if (this.stopped) return;
    const known = this.table.unknown.length === 0;
    if (known) this.done.resolve();
    this.timer = setTimeout(() => void this.round(), known ? LEARN_AGAIN_MS : LEARN_MS);
    if (known) this.timer.unref();
  }

  private async learn(service: string): Promise<void> {
    const { response } = await askOne(this.upstreams, service, '/openapi.json', { headers: {} });
    if (response.ok) this.table.learn(service, (await response.json()) as ServiceDocument);
  }
}

function askedIn(request: FastifyRequest): Asked {
  const [path = '/', ...query] = request.url.split('?');
  return { method: request.method, path, query: new URLSearchParams(query.join('?')), body: bodyOf(request) };
}

/** An empty body with a media type is sent as such: the service says that it wanted one. */
function bodyOf(request: FastifyRequest): Buffer | undefined {
  return Buffer.isBuffer(request.body) ? request.body : undefined;
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isHeldElsewhere(answer: Buffer): boolean {
  return answer.includes('"LeaseHeldElsewhere"') || answer.includes('"FoldedElsewhere"');
}

function causeOf(error: Error): { readonly code: string } {
  const found = [error.cause, error].map((one) => (one as { code?: unknown } | undefined)?.code);
  return { code: found.map(String).find((code) => code !== 'undefined') ?? '' };
}

function away(service: string): Problem {
  return new Problem(503, 'ServiceAway', `No process of ${service} answers at the moment.`, {
    facts: { service },
    headers: { 'retry-after': '1' },
  });
}

function starting(services: readonly string[]): Problem {
  return new Problem(503, 'Starting', `Still to come: ${services.join(', ')}.`, {
    facts: { services: [...services] },
    headers: { 'retry-after': '1' },
  });
}

function outcomeUnknown(service: string): Problem {
  return new Problem(503, 'OutcomeUnknown', `${service} broke off: repeat with the same Idempotency-Key.`, {
    facts: { service },
    headers: { 'retry-after': '1' },
  });
}
