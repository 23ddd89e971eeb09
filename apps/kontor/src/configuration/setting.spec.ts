import { describe, expect, it } from '@jest/globals';
import { brokers, count, headers, oneOf, read, text, upstreams, url } from './setting.ts';
import { settings } from './settings.ts';

const some = {
  port: count('PORT', [0, 65_535], { meaning: 'Port.', otherwise: 3000 }),
  feed: oneOf('FEED', ['log', 'kafka'], { meaning: 'Feed.', otherwise: 'log' }),
  database: url('DATABASE', ['postgres'], { meaning: 'Database.', secret: true }),
  brokers: brokers('BROKERS', { meaning: 'Brokers.' }),
  upstreams: upstreams('UPSTREAMS', { meaning: 'Upstreams.' }),
  name: text('NAME', { meaning: 'Name.', otherwise: undefined }),
  headers: headers('HEADERS', { meaning: 'Headers.' }),
};

describe('the configuration', () => {
  it('reads what is there, and takes the default where nothing or an empty value is', () => {
    const { values, mistakes } = read(some, {
      PORT: ' 80 ',
      FEED: '',
      BROKERS: 'one:9092, two:9093',
      UPSTREAMS: 'orders=http://o:1,receivables=http://a:1|http://b:2/',
      HEADERS: 'api-key=a%3Db, authorization=Basic%20eA==',
    });
    expect(mistakes).toEqual([]);
    expect(values).toEqual({
      port: 80,
      feed: 'log',
      database: undefined,
      brokers: ['one:9092', 'two:9093'],
      upstreams: new Map([
        ['orders', ['http://o:1']],
        ['receivables', ['http://a:1', 'http://b:2']],
      ]),
      name: undefined,
      headers: { 'api-key': 'a=b', authorization: 'Basic eA==' },
    });
  });

  it('says all mistakes at once, and never what a secret holds', () => {
    const { values, mistakes } = read(some, {
      PORT: '70000',
      FEED: 'mail',
      DATABASE: 'mysql://user:password@host/db',
      BROKERS: 'one',
      UPSTREAMS: 'orders',
      HEADERS: 'api-key=100%',
    });
    expect(mistakes).toEqual([
      'PORT is "70000"; it is a number from 0 to 65535.',
      'FEED is "mail"; it may be log or kafka.',
      'DATABASE is set to something else; it is an address such as postgres://….',
      'BROKERS is "one"; it names brokers as host:9092,host:9092.',
      'UPSTREAMS is "orders"; it names processes as orders=http://host:3000,receivables=http://one:3000|http://two:3000.',
      'HEADERS is set to something else; it names headers as name=value,name=value, with percent-encoded values.',
    ]);
    expect(values.port).toBe(3000);
  });

  it('has every name once', () => {
    const names = Object.values(settings).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
