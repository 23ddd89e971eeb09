import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Gathered } from './destination.ts';
import { askAll, askOne, bytesOf, type Part, ServiceAway } from './gather.ts';
import {
  type ConsumersPart,
  mergedConsumers,
  mergedDocument,
  mergedMetrics,
  mergedStatus,
  type StatusPart,
} from './merge.ts';
import type { RouteTable } from './route-table.ts';
import type { Upstreams } from './upstreams.ts';

interface Items {
  readonly items: readonly object[];
}

type Answerer = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** What all services answer together. What one of them refuses (a token, a right) is the answer of all. */
export function gatheredAnswers(upstreams: Upstreams, table: RouteTable): { readonly [G in Gathered]: Answerer } {
  const fromAll = (path: string, merge: (parts: readonly Part[]) => Promise<unknown>): Answerer =>
    answered((request) => askAll(upstreams, path + searchOf(request), request), merge);
  const fromEach = (path: string, merge: (parts: readonly Part[]) => Promise<unknown>): Answerer =>
    answered(
      (request) =>
        Promise.all(upstreams.services.map((service) => askOne(upstreams, service, path + searchOf(request), request))),
      merge,
    );
  const itemsOf = async (parts: readonly Part[]) => ({
    items: (await bodies<Items>(parts)).flatMap(({ items }) => items),
  });
  return {
    status: fromAll('/v1/platform/status', async (parts) =>
      mergedStatus(await bodies<StatusPart>(parts), upstreams.services),
    ),
    consumers: fromAll('/v1/platform/consumers', async (parts) => {
      const away = upstreams.services.filter((service) => !parts.some((part) => part.service === service));
      return mergedConsumers(await bodies<ConsumersPart>(parts), away);
    }),
    parked: fromEach('/v1/platform/parked', itemsOf),
    stuck: fromEach('/v1/platform/stuck', itemsOf),
    rebuilds: fromEach('/v1/platform/rebuilds', itemsOf),
    metrics: async (request, reply) => {
      const parts = await askAll(upstreams, `/metrics${searchOf(request)}`, request);
      const refused = parts.find(({ response }) => !response.ok);
      if (refused !== undefined) return passedOn(refused, reply);
      const texts = await Promise.all(
        parts.map(async (part) => ({ process: processOf(upstreams, part), text: await part.response.text() })),
      );
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(mergedMetrics(texts));
    },
    openapi: async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(JSON.stringify(mergedDocument(table.known, table.unknown))),
    verification: async (request, reply) => {
      const asked = searchOf(request).replace('?', '&');
      const path = (service: string) => `/v1/platform/verification?service=${service}${asked}`;
      const [first = '', ...rest] = upstreams.services;
      const begun = await askOne(upstreams, first, path(first), request, 'streamed');
      if (!begun.response.ok) return passedOn(begun, reply);
      const lines = async function* () {
        yield* bytesOf(begun.response);
        for (const service of rest) {
          const { response } = await askOne(upstreams, service, path(service), request, 'streamed');
          // Too late for a problem: an answer that is cut off is at least not taken for a whole one.
          if (!response.ok) throw new ServiceAway(service);
          yield* bytesOf(response);
        }
      };
      return reply.type('application/x-ndjson').send(Readable.from(lines(), { objectMode: false }));
    },
  };
}

/** What was asked with a query goes on with it: the services refuse what they do not know. */
function searchOf({ url }: FastifyRequest): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}

function answered(
  ask: (request: FastifyRequest) => Promise<readonly Part[]>,
  merge: (parts: readonly Part[]) => Promise<unknown>,
): Answerer {
  return async (request, reply) => {
    const parts = await ask(request);
    const refused = parts.find(({ response }) => !response.ok);
    if (refused !== undefined) return passedOn(refused, reply);
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(await merge(parts)));
  };
}

async function passedOn({ response }: Part, reply: FastifyReply): Promise<unknown> {
  for (const name of ['content-type', 'www-authenticate', 'retry-after']) {
    const value = response.headers.get(name);
    if (value !== null) void reply.header(name, value);
  }
  return reply.status(response.status).send(await response.text());
}

function bodies<Body>(parts: readonly Part[]): Promise<readonly Body[]> {
  return Promise.all(parts.map(async ({ response }) => (await response.json()) as Body));
}

function processOf(upstreams: Upstreams, { service, number }: Part): string {
  return upstreams.all(service).length === 1 ? service : `${service}-${number}`;
}
