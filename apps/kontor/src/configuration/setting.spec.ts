import { describe, expect, it } from '@jest/globals';
import { brokers, count, eventStore, headers, measure, oneOf, read, text, upstreams, url } from './setting.ts';
import { settings } from './settings.ts';

const some = {
  port: count('PORT', [0, 65_535], { meaning: 'Port.', otherwise: 3000 }),
  feed: oneOf('FEED', ['log', 'kafka'], { meaning: 'Feed.', otherwise: 'log' }),
  database: url('DATABASE', ['postgres'], { meaning: 'Database.', secret: true }),
  brokers: brokers('BROKERS', { meaning: 'Brokers.' }),
  upstreams: upstreams('UPSTREAMS', { meaning: 'Upstreams.' }),
  name: text('NAME', { meaning: 'Name.', otherwise: undefined }),
  headers: headers('HEADERS', { meaning: 'Headers.' }),
  hours: measure('HOURS', [0, 24], { meaning: 'Hours.', otherwise: 24 }),
  store: eventStore('STORE', { meaning: 'Store.' }),
};

describe('the configuration', () => {
  it('reads what is there, and takes the default where nothing or an empty value is', () => {
    const { values, mistakes } = read(some, {
      PORT: ' 80 ',
      FEED: '',
      BROKERS: 'one:9092, two:9093',
      UPSTREAMS: 'orders=http://o:1,receivables=http://a:1|http://b:2/',
      HEADERS: 'api-key=a%3Db, authorization=Basic%20eA==',
      HOURS: '0.5',
      STORE: 'esdb://a:b@one:2113,two:2113,three?tls=true',
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
      hours: 0.5,
      store: 'esdb://a:b@one:2113,two:2113,three?tls=true',
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
      HOURS: '24.5',
      STORE: 'esdb://a:b@one:2113?tls=no',
    });
    expect(mistakes).toEqual([
      'PORT is "70000"; it is a whole number from 0 to 65535.',
      'FEED is "mail"; it may be log or kafka.',
      'DATABASE is set to something else; it is an address such as postgres://….',
      'BROKERS is "one"; it names brokers as host:9092,host:9092.',
      'UPSTREAMS is "orders"; it names processes as orders=http://host:3000,receivables=http://one:3000|http://two:3000.',
      'HEADERS is set to something else; it names headers as name=value,name=value, with percent-encoded values.',
      'HOURS is "24.5"; it is a number from 0 to 24.',
      'STORE is set to something else; it is an address such as esdb://user:password@one:2113,two:2113?tls=true, with known options.',
    ]);
    expect(values.port).toBe(3000);
  });

  it.each([
    ['PORT', '80.5'],
    ['PORT', '1e3'],
    ['PORT', '-1'],
    ['HOURS', '1e1'],
    ['BROKERS', 'one:0'],
    ['BROKERS', 'one:65536'],
    ['BROKERS', 'kafka://one:9092'],
    ['BROKERS', 'one:9092,'],
    ['UPSTREAMS', 'orders=ftp://one:1'],
    ['UPSTREAMS', 'orders=http://one:1,orders=http://two:1'],
    ['STORE', 'http://one:2113'],
    ['STORE', 'esdb://'],
    ['STORE', 'esdb://one:2113,'],
    ['STORE', 'esdb://one:70000'],
    ['STORE', 'esdb://one?tsl=true'],
    ['STORE', 'esdb://one?tls=true&defaultDeadline=soon'],
  ])('does not take %s for %s', (name, value) => {
    const { mistakes } = read(some, { [name]: value });
    expect(mistakes).toEqual([expect.stringMatching(new RegExp(`^${name} is .*; it .*\\.$`))]);
  });

  it.each([
    'esdb://eventstore:2113?tls=false',
    'esdb+discover://cluster.dns.name:2113?tls=true&nodePreference=read_only_replica&max-discover-attempts=3',
    'esdb://user:p%40ss@127.0.0.1:2113/?keepAliveInterval=5000',
  ])('takes the address %s of an EventStoreDB', (address) => {
    expect(read(some, { STORE: address })).toMatchObject({ mistakes: [], values: { store: address } });
  });

  it.each([
    ['KONTOR_KAFKA_TOPIC_PREFIX', 'our topics'],
    ['KONTOR_KAFKA_REPLICAS', '1.5'],
    ['KONTOR_POOL_SIZE', '4.5'],
    ['KONTOR_DUNNING_CUT_OFF_HOUR', '8.5'],
  ])('does not take %s for %s', (name, value) => {
    expect(read(settings, { [name]: value }).mistakes).toHaveLength(1);
  });

  it('has every name once', () => {
    const names = Object.values(settings).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
