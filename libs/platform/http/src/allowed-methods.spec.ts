import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { useAllowedMethods } from './allowed-methods.ts';
import { Problem } from './problem.ts';

describe('an address asked in a way that it does not answer', () => {
  let fastify: FastifyInstance;
  beforeAll(() => {
    fastify = Fastify();
    useAllowedMethods(fastify);
    fastify.setErrorHandler((error, _request, reply) =>
      error instanceof Problem
        ? reply
            .status(error.status)
            .headers({ ...error.more.headers })
            .send(error.document('/'))
        : reply.send(error),
    );
    fastify.setNotFoundHandler((_request, reply) => reply.status(404).send('nothing there'));
    fastify.get('/v1/orders', () => 'list');
    fastify.post('/v1/orders', () => 'place');
    fastify.get('/v1/orders/:id', () => 'one');
    fastify.post('/v1/orders/:id/cancel', () => 'cancel');
  });
  afterAll(() => fastify.close());

  async function answer(method: 'GET' | 'PUT' | 'DELETE' | 'POST', url: string): Promise<unknown> {
    const reply = await fastify.inject({ method, url });
    return [reply.statusCode, reply.headers['allow']];
  }

  it('X-07: is 405 with the methods that it has, at every address that is there and at no other', async () => {
    expect(await answer('GET', '/v1/orders?number=1')).toEqual([200, undefined]);
    expect(await answer('DELETE', '/v1/orders')).toEqual([405, 'GET, HEAD, POST']);
    expect(await answer('PUT', '/v1/orders/7?x=1')).toEqual([405, 'GET, HEAD']);
    expect(await answer('GET', '/v1/orders/7/cancel')).toEqual([405, 'POST']);
    expect(await answer('POST', '/v1/orders/7/cancel/again')).toEqual([404, undefined]);
    expect(await answer('DELETE', '/v1/order')).toEqual([404, undefined]);
    expect(await answer('DELETE', '/v1/orders/')).toEqual([404, undefined]);
  });
});
