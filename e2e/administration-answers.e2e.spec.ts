import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';
import { PublishedAnswers } from './support/published-answers.ts';

/** On whatever else the machine does. */
const MINUTE_MS = 60_000;
const PROCESS = 'InvoiceNumbering';
const LANE = 'key:none';
/** Kafka is not here, and what is made of it is held against its own suite. */
const ELSEWHERE = /\/topics\//;

/** What administrators are answered is held against what the API says that it answers, as everything else is. */
describe('X-07: what the API says that it answers to administrators', () => {
  let platform: TestPlatform;
  let published: PublishedAnswers;
  const faults: string[] = [];
  beforeAll(async () => {
    platform = await startPlatform();
    published = await PublishedAnswers.of(platform);
  }, 2 * MINUTE_MS);
  afterAll(() => platform.dispose());

  async function asked<Body>(method: 'GET' | 'POST', address: string, body?: object): Promise<Body> {
    const reply = await platform.request(method, address, body);
    faults.push(...published.faults(method.toLowerCase(), address, reply));
    return reply.body;
  }
  const get = <Body>(address: string) => asked<Body>('GET', address);
  const post = <Body>(address: string, body: object = {}) => asked<Body>('POST', address, body);
  const step = <Body>(name: string, body: object = {}) =>
    post<Body>(`/v1/platform/rebuilds/account-directory/${name}`, body);
  const caughtUp = () =>
    eventually(
      'the copy has caught up',
      async () => (await get<{ caughtUp: boolean }>('/v1/platform/rebuilds/account-directory')).caughtUp,
      MINUTE_MS,
    );

  async function park(eventId: string, contract: object): Promise<void> {
    const { pool } = platform.database;
    await pool.query(
      `insert into receivables_processes.parked_lanes (process, lane, since, error) values ($1, $2, now(), 'a test')`,
      [PROCESS, LANE],
    );
    await pool.query(
      `insert into receivables_processes.dead_letters (process, service, position, lane, event_id, error, contract)
       values ($1, 'accounts', 1, $2, $3, 'a test', $4)`,
      [PROCESS, LANE, eventId, JSON.stringify(contract)],
    );
  }

  it(
    'is what it answers, field by field: rebuilds, replays, verifications, dead letters, readers, erasures',
    async () => {
      const { id } = await post<{ id: string }>('/v1/accounts', { name: 'Answers AG' });
      const person = { name: 'Dora Dorn', roles: ['billing'], email: 'dora@example.com' };
      const contact = await post<{ id: string }>(`/v1/accounts/${id}/contacts`, person);

      await post('/v1/platform/rebuilds', { projection: 'account-directory', reason: 'a look' });
      await step('pause');
      await step('resume');
      await caughtUp();
      // One row that differs, so that the comparison has something to show.
      const [copy] = (await get<{ items: readonly { schema: string }[] }>('/v1/platform/rebuilds')).items;
      await platform.database.pool.query(`update ${copy?.schema}.account_numbers set number = 'otherwise'`);
      const { comparison } = await step<{ comparison: { tables: readonly { first: readonly object[] }[] } }>('compare');
      expect(comparison.tables.flatMap(({ first }) => first)).toHaveLength(1);
      await step('switch', { acceptDifferences: true });
      await step('switch-back');
      await step('discard');
      await post('/v1/platform/rebuilds', { projection: 'account-directory' });
      await step('cancel');

      await post('/v1/platform/projections/account-directory/verify');
      await get('/v1/platform/verifications');
      await post('/v1/platform/projections/account-directory/replay', { accountId: id, dryRun: true });
      await post('/v1/platform/projections/account-directory/rebuild');

      const { items } = await get<{ items: readonly { eventId: string }[] }>(`/v1/streams/accounts/account-${id}`);
      const eventId = items[0]?.eventId ?? '';
      await park(eventId, { id: eventId, recordedat: '2026-01-31T00:00:00Z' });
      await get('/v1/platform/parked');
      const stuck = await get<{ items: readonly object[] }>('/v1/platform/stuck?waitingSeconds=0');
      expect(stuck.items).toContainEqual(
        expect.objectContaining({
          service: 'receivables',
          process: PROCESS,
          key: LANE,
          reason: 'parked',
          detail: 'a test',
        }),
      );
      await get(`/v1/platform/parked/${PROCESS}?lane=${LANE}`);
      await post(`/v1/platform/parked/${PROCESS}/retry`, { lane: LANE });
      await park(eventId, { id: eventId, recordedat: '2026-01-31T00:00:00Z' }).catch(() => undefined);
      await post(`/v1/platform/parked/${PROCESS}/skip`, { eventId, reason: 'a test' });

      await post('/v1/platform/consumers', { consumer: 'bi', service: 'orders', group: 'bi-orders' });
      await get('/v1/platform/consumers');
      await get('/v1/platform/status');
      await get('/health/ready');
      await get('/health/live');
      await get('/v1/platform/verification');
      await get('/v1/history/accounts?limit=1');
      await post('/v1/platform/erasures', { subject: contact.id, reason: 'asked for' });
      await post('/v1/platform/backups');
      await post('/v1/platform/tokens', { role: 'analyst' });
      await get(`/v1/events/${eventId}`);
      await get(`/v1/platform/trace/${eventId}`);
      const metrics = { token: await platform.token('service-account') };
      faults.push(
        ...published.faults('get', '/metrics', await platform.request('GET', '/metrics', undefined, metrics)),
      );
      expect([...new Set(faults)]).toEqual([]);
      const own = /^\/(v1\/(platform|history|streams|events)|metrics|health)/;
      const unseen = ['get', 'post'].flatMap((method) =>
        published
          .routes(method)
          .filter((route) => own.test(route) && !ELSEWHERE.test(route) && !published.seen.has(`${method} ${route}`)),
      );
      expect(unseen).toEqual([]);
    },
    5 * MINUTE_MS,
  );

  it('says of every route more than that it is an object', () => {
    const bare = Object.entries(published.api.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { responses }]) =>
        Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.values(content).some(({ schema }) => JSON.stringify(schema) === '{"type":"object"}')
            ? [`${method} ${path} ${status}`]
            : [],
        ),
      ),
    );
    expect(bare).toEqual([]);
  });
});
