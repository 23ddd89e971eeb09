import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { useStrictJson } from './body-parser.ts';
import { Problem } from './problem.ts';

describe('JSON bodies', () => {
  let fastify: FastifyInstance;
  beforeAll(() => {
    fastify = Fastify();
    useStrictJson(fastify, 1000);
    fastify.post('/', (request) => request.body ?? 'nothing');
    fastify.setErrorHandler((error, _request, reply) =>
      error instanceof Problem ? reply.status(error.status).send(error.document('/')) : reply.send(error),
    );
  });
  afterAll(() => fastify.close());

  async function answer(payload: string | Buffer): Promise<unknown> {
    const reply = await fastify.inject({
      method: 'POST',
      url: '/',
      payload,
      headers: { 'content-type': 'application/json' },
    });
    const body = reply.json<{ code?: string; detail?: string }>();
    return body.code === undefined ? body : [body.code, body.detail];
  }

  it('X-07: are UTF-8, with or without a byte-order mark', async () => {
    expect(await answer('{"name":"Müller \ufffd"}')).toEqual({ name: 'Müller \ufffd' });
    expect(await answer(Buffer.from('\ufeff{"name":"Müller"}', 'utf8'))).toEqual({ name: 'Müller' });
    expect(await answer(Buffer.from('{"name":"Müller"}', 'latin1'))).toEqual([
      'MalformedJson',
      'The body is not UTF-8.',
    ]);
  });

  it('X-07: come as they are: compressed ones are refused', async () => {
    const encoded = async (encoding: string) => {
      const reply = await fastify.inject({
        method: 'POST',
        url: '/',
        payload: '{}',
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      });
      return reply.json<{ code?: string }>().code;
    };
    expect([await encoded('gzip'), await encoded('Identity')]).toEqual(['UnsupportedMediaType', undefined]);
  });

  it('X-07: have no NUL, no half character and no forbidden key', async () => {
    const field = 'name: must not contain NUL or half characters';
    expect(await answer('{"name":"a\\u0000"}')).toEqual(['InvalidRequest', field]);
    expect(await answer('{"name":"\\ud800"}')).toEqual(['InvalidRequest', field]);
    const forbidden = 'The body is not valid JSON, or uses a forbidden key (__proto__).';
    expect(await answer('{"__proto__":{}}')).toEqual(['MalformedJson', forbidden]);
    expect(await answer('{"name":')).toEqual(['MalformedJson', forbidden]);
  });
});
