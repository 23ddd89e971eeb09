import { describe, expect, it } from '@jest/globals';
import { destinationOf } from './destination.ts';
import { RouteTable } from './route-table.ts';

const table = new RouteTable(['accounts', 'orders', 'insights']);
const platform = { '/v1/platform/status': {}, '/v1/history/{service}': {}, '/health/live': {} };
table.learn('accounts', {
  paths: { ...platform, '/v1/accounts/{id}': {}, '/v1/accounts/duplicates': {}, '/v1/imports/crm/staff': {} },
  'x-kontor': { subscriptions: ['account-directory'] },
});
table.learn('orders', {
  paths: { ...platform, '/v1/orders': {}, '/v1/orders/{id}/cancel': {}, '/v1/imports/crm/products': {} },
  'x-kontor': { subscriptions: ['order_list', 'CreditCheck'] },
});
table.learn('insights', {
  paths: { ...platform, '/v1/insights/ageing': {} },
  'x-kontor': { subscriptions: ['pipeline'] },
});

function to(method: string, url: string, body?: object, heard = table): string {
  const [path = '', query = ''] = url.split('?');
  const destination = destinationOf(
    {
      ...{ method, path, query: new URLSearchParams(query) },
      body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    },
    heard,
  );
  switch (destination.to) {
    case 'service':
      return destination.service;
    case 'all':
      return `all: ${destination.gathered}`;
    case 'origin':
      return `origin: ${destination.answer}`;
    case 'unheard':
      return `unheard: ${destination.services.join(', ')}`;
  }
}

describe('where the origin sends a request', () => {
  it('is the service whose document names the route', () => {
    expect(to('POST', '/v1/orders')).toBe('orders');
    expect(to('POST', '/v1/orders/7/cancel')).toBe('orders');
    expect(to('GET', '/v1/accounts/7?consistentWith=orders:3')).toBe('accounts');
    expect(to('GET', '/v1/accounts/duplicates')).toBe('accounts');
    expect(to('POST', '/v1/imports/crm/staff')).toBe('accounts');
    expect(to('POST', '/v1/imports/crm/products')).toBe('orders');
    expect(to('GET', '/v1/insights/ageing')).toBe('insights');
  });

  it('is the service, the projection or the process that is named', () => {
    expect(to('GET', '/v1/history/orders?follow=true')).toBe('orders');
    expect(to('GET', '/v1/streams/orders/order-7')).toBe('orders');
    expect(to('GET', '/v1/platform/verification?service=orders')).toBe('orders');
    expect(to('POST', '/v1/platform/projections/order-list/replay')).toBe('orders');
    expect(to('POST', '/v1/platform/rebuilds/account_directory/switch')).toBe('accounts');
    expect(to('POST', '/v1/platform/rebuilds', { projection: 'pipeline' })).toBe('insights');
    expect(to('POST', '/v1/platform/parked/CreditCheck/retry', {})).toBe('orders');
    expect(to('GET', '/v1/events/7')).toBe('insights');
    expect(to('GET', '/v1/platform/trace/7')).toBe('insights');
  });

  it('is all of them where the answer is of all', () => {
    expect(to('GET', '/v1/platform/status')).toBe('all: status');
    expect(to('GET', '/v1/platform/rebuilds')).toBe('all: rebuilds');
    expect(to('GET', '/v1/platform/stuck?waitingSeconds=60')).toBe('all: stuck');
    expect(to('GET', '/v1/platform/verification')).toBe('all: verification');
    expect(to('GET', '/metrics')).toBe('all: metrics');
    expect(to('GET', '/openapi.json')).toBe('all: openapi');
    expect(to('GET', '/health/ready')).toBe('origin: ready');
    expect(to('GET', '/health/live')).toBe('origin: live');
  });

  it('is a service that says no, where nothing and nobody has that name', () => {
    for (const url of [
      '/',
      '/v1',
      '/v1/',
      '/v1/nothing',
      '/v1/history/nobody',
      '/constructor',
      '/v1/platform/parked/none',
    ])
      expect([url, to('GET', url)]).toEqual([url, 'accounts']);
    expect(to('POST', '/v1/platform/rebuilds', { projection: 7 })).toBe('accounts');
    expect(to('POST', '/v1/platform/status')).toBe('accounts');
  });

  it('is not known before a service was heard, and only for what may be of that one', () => {
    const partly = new RouteTable(['accounts', 'orders', 'insights']);
    expect(partly.unknown).toEqual(['accounts', 'orders', 'insights']);
    expect(to('GET', '/v1/accounts/7', undefined, partly)).toBe('unheard: accounts, orders, insights');
    partly.learn('accounts', {
      paths: { ...platform, '/v1/accounts/{id}': {} },
      'x-kontor': { subscriptions: ['account-directory'] },
    });
    partly.learn('insights', { paths: { ...platform, '/v1/insights/ageing': {} } });
    expect(to('GET', '/v1/accounts/7', undefined, partly)).toBe('accounts');
    expect(to('GET', '/v1/insights/ageing', undefined, partly)).toBe('insights');
    expect(to('GET', '/v1/history/orders', undefined, partly)).toBe('orders');
    expect(to('GET', '/v1/platform/topics/orders/replays', undefined, partly)).toBe('orders');
    expect(to('GET', '/v1/platform/status', undefined, partly)).toBe('all: status');
    expect(to('POST', '/v1/platform/rebuilds/account_directory/switch', undefined, partly)).toBe('accounts');
    expect(to('POST', '/v1/platform/rebuilds', { projection: 7 }, partly)).toBe('accounts');
    expect(to('POST', '/v1/platform/tokens', {}, partly)).toBe('accounts');
    expect(to('GET', '/openapi.json', undefined, partly)).toBe('all: openapi');
    expect(to('GET', '/openapi.json', undefined, new RouteTable(['orders']))).toBe('unheard: orders');
    for (const [method, url] of [
      ['POST', '/v1/orders'],
      ['POST', '/v1/platform/parked/CreditCheck/retry'],
    ] as const)
      expect([url, to(method, url, undefined, partly)]).toEqual([url, 'unheard: orders']);
    partly.learn('orders', { paths: { '/v1/orders': {} } });
    expect([to('POST', '/v1/orders', undefined, partly), partly.unknown]).toEqual(['orders', []]);
  });
});
