import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { address, ApiClient, faultOf } from './api-client.ts';

describe('a refusal at the command line', () => {
  it('tells the one field that is wrong once, and several each on a line', () => {
    const late = { field: 'to', reason: 'must not be before from' };
    const one = { code: 'InvalidRequest', detail: 'to: must not be before from', errors: [late] };
    expect(faultOf('POST', '/v1/x', 422, one).message).toBe('to: must not be before from [InvalidRequest]');
    const more = {
      ...one,
      detail: 'to: must not be before from (and 1 more)',
      errors: [late, { field: 'a', reason: 'b' }],
    };
    expect(faultOf('POST', '/v1/x', 422, more).message).toBe(
      'to: must not be before from (and 1 more) [InvalidRequest]\n  to: must not be before from\n  a: b',
    );
  });

  it('says of a token that is none where it was found, and sends nothing', async () => {
    const client = new ApiClient({ url: 'http://127.0.0.1:1', token: 'a b\nc', tokenFrom: 'KONTOR_TOKEN' });
    await expect(client.get('/v1/accounts')).rejects.toMatchObject({
      message: 'What KONTOR_TOKEN says is no token.',
      code: 'TokenInvalid',
    });
  });

  it('says in a sentence that an answer was cut off, whether lines have come or none', async () => {
    const server = createServer((_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/x-ndjson' });
      reply.write('{"one":1}\n{"tw', () => reply.socket?.destroy());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new ApiClient({ url, token: 'a.b.c', tokenFrom: 'KONTOR_TOKEN' });
    const lines: string[] = [];
    const read = async () => {
      for await (const line of client.lines('/v1/history/orders')) lines.push(line);
    };
    try {
      await expect(read()).rejects.toMatchObject({
        name: 'CliFault',
        message: expect.stringMatching(`^The answer from ${url} was cut off \\(`) as unknown,
        unanswered: true,
      });
      expect(lines).toEqual(['{"one":1}']);
    } finally {
      server.close();
    }
  });

  it('keeps what was typed one part of the address', () => {
    const [typed, other] = ['pipeline/cancel?x=1#y', 'a b'];
    expect(address`/v1/platform/rebuilds/${typed}/${other}`).toBe(
      '/v1/platform/rebuilds/pipeline%2Fcancel%3Fx%3D1%23y/a%20b',
    );
  });

  it('keeps fields and facts for those who read it as JSON', () => {
    const fault = faultOf('GET', '/v1/x', 404, {
      code: 'NoSuchProjection',
      detail: 'No.',
      facts: { projections: ['a', 'b'] },
    });
    expect([fault.code, fault.details]).toEqual(['NoSuchProjection', { facts: { projections: ['a', 'b'] } }]);
    expect(fault.message).toBe('No. [NoSuchProjection]\n  projections: a, b');
    expect(faultOf('GET', '/v1/x', 502, {}).message).toBe('GET /v1/x was answered with 502.');
  });
});
