import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@kontor/testing';
import { pino } from 'pino';
import { freePorts } from '../free-ports.ts';
import { type Gateway, gateway } from './gateway.ts';

/** A process of a service that says what it answers, and answers it. */
function serviceOn(port: number, path: string): Promise<Server> {
  const server = createServer(({ url }, reply) => {
    reply.setHeader('content-type', 'application/json');
    reply.end(JSON.stringify(url === '/openapi.json' ? { openapi: '3.1.0', paths: { [path]: {} } } : { from: path }));
  });
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done(server)));
}

describe('an origin that was started while a service is away', () => {
  let origin: Gateway;
  const servers: Server[] = [];
  let addresses: Map<string, string[]>;
  let ports: { [service: string]: number };

  beforeEach(async () => {
    const [accounts = 0, orders = 0] = await freePorts(2);
    ports = { accounts, orders };
    addresses = new Map(Object.entries(ports).map(([service, port]) => [service, [`http://127.0.0.1:${port}`]]));
    origin = await gateway({ upstreams: addresses, logger: pino({ level: 'silent' }) });
  });
  afterEach(async () => {
    await origin.close();
    await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
  });

  const ask = async (url: string) => {
    const reply = await origin.app.inject({ url });
    return [reply.statusCode, reply.json<{ code?: string }>().code ?? 'answered', reply.headers['retry-after']];
  };

  const description = async () => (await origin.app.inject({ url: '/openapi.json' })).json<object>();

  it('answers for the others, 503 for what may be of that one, and everything once it is heard', async () => {
    expect(await ask('/v1/accounts')).toEqual([503, 'Starting', '1']);
    expect(await ask('/openapi.json')).toEqual([503, 'Starting', '1']);
    servers.push(await serviceOn(ports['accounts'] ?? 0, '/v1/accounts'));
    await eventually('accounts are heard', async () => (await ask('/v1/accounts'))[0] === 200);
    expect(await ask('/v1/orders')).toEqual([503, 'Starting', '1']);
    expect(await ask('/v1/history/orders')).toEqual([503, 'ServiceAway', '1']);
    expect(await ask('/v1/history/accounts')).toEqual([200, 'answered', undefined]);
    expect(await description()).toEqual({
      openapi: '3.1.0',
      info: { description: expect.stringMatching('^Not complete: orders did not answer') },
      'x-kontor-missing': ['orders'],
      paths: { '/v1/accounts': {} },
      components: { schemas: {} },
    });
    expect((await ask('/health/live'))[0]).toBe(200);
    expect(await ask('/health/ready')).toEqual([503, 'ServiceAway', '1']);
    servers.push(await serviceOn(ports['orders'] ?? 0, '/v1/orders'));
    await eventually('orders are heard', async () => (await ask('/v1/orders'))[0] === 200);
    expect(await description()).toEqual({
      openapi: '3.1.0',
      paths: { '/v1/accounts': {}, '/v1/orders': {} },
      components: { schemas: {} },
    });
  });
});

describe('an origin that puts answers together', () => {
  it('X-06: cuts a verification off, rather than taking a refusal in its middle for a part of it', async () => {
    const [one = 0, other = 0] = await freePorts(2);
    const upstreams = new Map([
      ['accounts', [`http://127.0.0.1:${one}`]],
      ['orders', [`http://127.0.0.1:${other}`]],
    ]);
    const line = '{"log":{"service":"accounts","broken":null}}\n';
    const servers = [
      createServer(({ url }, reply) => reply.end(url === '/openapi.json' ? '{"paths":{}}' : line)),
      createServer(({ url }, reply) => {
        if (url !== '/openapi.json') reply.statusCode = 503;
        reply.end('{"paths":{}}');
      }),
    ];
    for (const [index, server] of servers.entries())
      await new Promise<void>((done) => server.listen([one, other][index], '127.0.0.1', done));
    const origin = await gateway({ upstreams, logger: pino({ level: 'silent' }) });
    try {
      const url = await origin.app.listen({ port: 0, host: '127.0.0.1' });
      const reply = await fetch(`${url}/v1/platform/verification`);
      expect(reply.status).toBe(200);
      await expect(reply.text()).rejects.toThrow();
    } finally {
      await origin.close();
      for (const server of servers) server.close();
    }
  });

  it('X-05: answers for those that answer, when one takes the question and falls silent', async () => {
    const [one = 0, other = 0] = await freePorts(2);
    const upstreams = new Map([
      ['accounts', [`http://127.0.0.1:${one}`]],
      ['orders', [`http://127.0.0.1:${other}`]],
    ]);
    const status = { version: '1', services: [{ name: 'accounts', head: '7', subscriptions: [] }] };
    const servers = [
      createServer(({ url }, reply) => reply.end(url === '/openapi.json' ? '{"paths":{}}' : JSON.stringify(status))),
      createServer(({ url }, reply) => void (url === '/openapi.json' && reply.end('{"paths":{}}'))),
    ];
    for (const [index, server] of servers.entries())
      await new Promise<void>((done) => server.listen([one, other][index], '127.0.0.1', done));
    const origin = await gateway({ upstreams, logger: pino({ level: 'silent' }), answerWithinMs: 1_000 });
    try {
      const reply = await origin.app.inject({ url: '/v1/platform/status' });
      expect([reply.statusCode, reply.json()]).toEqual([200, { ...status, away: ['orders'] }]);
      const parked = await origin.app.inject({ url: '/v1/platform/parked' });
      expect([parked.statusCode, parked.json<{ code: string }>().code]).toEqual([503, 'ServiceAway']);
    } finally {
      await origin.close();
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    }
  });
});
