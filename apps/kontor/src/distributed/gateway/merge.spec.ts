import { describe, expect, it } from '@jest/globals';
import { mergedConsumers, mergedDocument, mergedMetrics, mergedStatus } from './merge.ts';
import { Upstreams } from './upstreams.ts';

const line = (name: string, state: string) => ({ service: 'orders', kind: 'process', name, reads: 'orders', state });

describe('answers put together', () => {
  it('status: of two processes the one that runs a subscription is believed, and the later head', () => {
    const part = (head: string, subscriptions: ReturnType<typeof line>[]) => ({
      ...{ version: '1.0.0', lagUnit: 'events' },
      services: [{ name: 'orders', head, subscriptions }],
    });
    const merged = mergedStatus(
      [
        part('9', [line('a', 'running'), line('b', 'standing-by')]),
        part('10', [line('a', 'stopped'), line('b', 'failed')]),
      ],
      ['accounts', 'orders'],
    );
    expect(merged).toEqual({
      ...{ version: '1.0.0', lagUnit: 'events' },
      services: [{ name: 'orders', head: '10', subscriptions: [line('a', 'running'), line('b', 'failed')] }],
      away: ['accounts'],
    });
  });

  it('consumers: each once, reading where any process serves it', () => {
    const reader = { consumer: 'bi', kind: 'reader', owner: 'bi', reads: 'orders' };
    const parts = [{ items: [{ ...reader, state: 'away' }] }, { items: [{ ...reader, state: 'reading' }] }];
    expect(mergedConsumers(parts)).toEqual({ items: [{ ...reader, state: 'reading' }] });
    expect(mergedConsumers(parts, ['orders'])).toMatchObject({ away: ['orders'], items: [reader] });
  });

  it('the description: every path and schema once, and nothing of how it was put together', () => {
    const document = (path: string, schema: string) => ({
      ...{ openapi: '3.1.0', paths: { [path]: { get: {} }, '/metrics': {} } },
      components: { schemas: { [schema]: {} }, securitySchemes: { bearer: {} } },
      'x-kontor': { subscriptions: ['a'] },
    });
    expect(mergedDocument([document('/v1/b', 'B'), document('/v1/a', 'A')])).toEqual({
      openapi: '3.1.0',
      paths: { '/metrics': {}, '/v1/a': { get: {} }, '/v1/b': { get: {} } },
      components: { schemas: { A: {}, B: {} }, securitySchemes: { bearer: {} } },
    });
  });

  it('metrics: each family once, each sample with its process', () => {
    const head = '# HELP up It is.\n# TYPE up gauge\n';
    const merged = mergedMetrics([
      { process: 'orders', text: `${head}up 1\n` },
      { process: 'receivables-1', text: `${head}up{of="a b"} 2\n` },
    ]);
    expect(merged).toBe(`${head}up{process="orders"} 1\nup{process="receivables-1",of="a b"} 2\n`);
  });
});

describe('the processes of a service', () => {
  it('take turns, and who did not answer comes last', () => {
    const upstreams = new Upstreams(new Map([['orders', ['http://a', 'http://b']]]));
    expect(upstreams.inTurn('orders')).toEqual(['http://a', 'http://b']);
    expect(upstreams.inTurn('orders')).toEqual(['http://b', 'http://a']);
    upstreams.shun('http://a');
    expect(upstreams.inTurn('orders')).toEqual(['http://b', 'http://a']);
    expect(upstreams.inTurn('orders')).toEqual(['http://b', 'http://a']);
    expect(upstreams.inTurn('nobody')).toEqual([]);
  });
});
