import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, idempotencyKey, startPlatform, testKafka, type TestPlatform } from '@kontor/testing';
import { connectKafka, WATERMARK_TYPE } from '@kontor/feed/kafka';
import type { Kafka } from 'kafkajs';
import { kontor, kontorJson } from './support/command-line.ts';

const MINUTE_MS = 60_000;
const SERVICES = ['accounts', 'orders', 'receivables', 'warranty', 'insights'];

interface Line {
  readonly service: string;
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly lagEvents: string | null;
  readonly parked: number;
}

let platform: TestPlatform;
let kafka: Kafka;
const { brokers, prefix } = testKafka();
const topic = `${prefix}.accounts`;

beforeAll(async () => {
  kafka = connectKafka({ brokers, clientId: 'e2e' });
  platform = await startPlatform({
    env: { KONTOR_FEED: 'kafka', KAFKA_BROKERS: brokers.join(','), KONTOR_KAFKA_TOPIC_PREFIX: prefix },
  });
  for (let index = 0; index < 5; index += 1) await post('/v1/accounts', { name: `Firm ${index} AG` }, idempotencyKey());
}, 2 * MINUTE_MS);
afterAll(() => platform.dispose());

async function post(path: string, body: object, headers: { readonly [name: string]: string } = {}) {
  const { status, body: answer } = await platform.request('POST', path, body, { headers });
  return { status, body: answer as unknown as { readonly code?: string; readonly [field: string]: unknown } };
}
const json = <Answer>(...args: string[]) => kontorJson<Answer>(platform.folder, ...args);
const text = async (...args: string[]) => (await kontor(platform.folder, ...args)).stdout;
const lines = async () =>
  (await json<{ services: { subscriptions: Line[] }[] }>('status')).services.flatMap((one) => one.subscriptions);
const allAtHead = () =>
  eventually(
    'everything is at the head',
    async () => {
      const found = (await lines()).filter(({ kind }) => kind !== 'sealer');
      return found.some(({ kind }) => kind === 'topic') && found.every(({ lagEvents }) => lagEvents === '0');
    },
    MINUTE_MS,
  );

async function inKafka<Result>(work: (admin: ReturnType<Kafka['admin']>) => Promise<Result>): Promise<Result> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

describe('topics, for administrators', () => {
  it(
    'X-05: the relay and what is heard of each topic stand among the subscriptions and in the metrics',
    async () => {
      await allAtHead();
      const found = await lines();
      const of = (kind: string) => found.filter((line) => line.kind === kind).map(({ name }) => name);
      expect(of('relay')).toEqual(SERVICES.map((service) => `${prefix}.${service}`));
      expect(of('topic')).toContain(topic);
      const token = await platform.token('service-account');
      const metrics = String((await platform.request('GET', '/metrics', undefined, { token })).body);
      expect(metrics).toMatch(new RegExp(`kontor_relay_events_total\\{service="accounts",topic="${topic}"\\} [5-9]`));
      expect(metrics).toContain(`kontor_topic_dead_letters{service="accounts",topic="${topic}"} 0`);
      expect(metrics).toMatch(
        new RegExp(`kontor_subscription_lag_events\\{[^}]*kind="relay",name="${topic}"[^}]*\\} 0`),
      );
      expect(metrics).toMatch(new RegExp(`kontor_subscription_stalled\\{[^}]*kind="topic",name="${topic}"[^}]*\\} 0`));
    },
    2 * MINUTE_MS,
  );

  it(
    'X-04: a record that nobody can read is listed, inspected, retried, and skipped with a reason; audited',
    async () => {
      const producer = kafka.producer();
      await producer.connect();
      for (const value of ['what is this?', 'and this?'])
        await producer.send({ topic, messages: [{ partition: 3, key: 'stranger', value }] });
      await producer.disconnect();
      const parked = async () =>
        (
          await json<{ items: { kind: string; name: string; lane: string; eventId: string; error: string }[] }>(
            'parked',
            'list',
          )
        ).items;
      await eventually('both are dead letters', async () => (await parked()).length === 2, MINUTE_MS);
      const [first, second] = await parked();
      expect(first).toMatchObject({ kind: 'topic', name: topic, error: 'the header ce_specversion is missing' });
      expect(await text('status', '--problems')).toContain(
        `accounts relay ${topic}, reads accounts: running; 2 parked`,
      );
      const shown = await json<{ items: { contract: object }[] }>('parked', 'show', topic, first?.lane ?? '');
      expect(shown.items[0]?.contract).toMatchObject({ topic, partition: 3, value: { text: 'what is this?' } });
      const retried = await kontor(platform.folder, 'parked', 'retry', topic, first?.lane ?? '');
      expect([retried.code, retried.stdout]).toEqual([1, expect.stringContaining('ce_specversion is missing')]);

      const skip = { eventId: first?.eventId, reason: 'somebody tried a tool' };
      expect((await post(`/v1/platform/parked/${topic}/skip`, skip)).status).toBe(200);
      expect((await post(`/v1/platform/parked/${topic}/skip`, skip)).body.code).toBe('NoSuchLetter');
      // As if the code had learned to read it since.
      await platform.database.pool.query(`update kontor_feed.kafka_dead_letters set headers = $2 where id = $1`, [
        second?.eventId,
        JSON.stringify(watermarkHeaders),
      ]);
      expect(await json('parked', 'retry', topic)).toMatchObject({ items: [{ applied: 1, error: null }] });
      expect(await parked()).toEqual([]);
      const deeds = await json<{ items: { type: string; metadata: { reason?: string } }[] }>(
        ...['stream', 'show', 'accounts', 'subscription-topic-accounts'],
      );
      expect(deeds.items.map(({ type, metadata }) => [type, metadata.reason])).toEqual([
        ['platform.EventSkipped.v1', 'somebody tried a tool'],
        ['platform.ParkedStreamRetried.v1', undefined],
      ]);
    },
    2 * MINUTE_MS,
  );

  it(
    'X-03: the history goes to a topic of its own, never to a live one; with a trial, progress and an audit',
    async () => {
      const to = `${prefix}.accounts.warehouse`;
      const replay = ['replay', 'topic', 'accounts', '--to', to, '--group', 'warehouse'];
      expect(await text(...replay, '--dry-run')).toContain(`into ${to}, which would be made`);
      const live = await kontor(platform.folder, 'replay', 'topic', 'accounts', '--to', topic);
      expect([live.code, live.stderr]).toEqual([1, expect.stringContaining('[LiveTopic]')]);
      const ahead = await kontor(platform.folder, ...replay, '--to-position', '999999');
      expect(ahead.stderr).toContain('[PositionNotYetReached]');
      const done = await json<{ id: string; state: string; events: number }>(...replay, '--reason', 'a new warehouse');
      expect(done).toMatchObject({ state: 'done', topic: to, startedBy: 'administrator' });
      expect(done.events).toBeGreaterThanOrEqual(5);
      const ends = await inKafka((admin) => admin.fetchTopicOffsets(to));
      expect(ends.reduce((sum, { high }) => sum + Number(high), 0)).toBe(done.events + ends.length);
      expect((await kontor(platform.folder, ...replay)).stderr).toContain('[TopicNotEmpty]');
      expect(await text('replay', 'topic', 'accounts', '--list')).toContain(done.id);
      expect((await kontor(platform.folder, 'replay', 'topic', 'accounts', '--cancel', done.id)).stderr).toContain(
        '[NoSuchTopicReplay]',
      );
      const another = await kontor(platform.folder, 'replay', 'topic', 'orders', '--cancel', done.id);
      expect(another.stderr).toContain(`There is no replay ${done.id}.`);
      const token = await platform.token('analyst');
      const refused = await platform.request('POST', '/v1/platform/topics/accounts/replays', { topic: to }, { token });
      expect(refused.status).toBe(403);
      const deeds = await eventually('both deeds are recorded', async () => {
        const { items } = await json<{ items: { type: string; data: { details: object } }[] }>(
          ...['stream', 'show', 'accounts', 'subscription-topic-accounts'],
        );
        return items.filter(({ type }) => type.includes('TopicReplay')).length === 2 && items;
      });
      expect(deeds.at(-1)).toMatchObject({
        type: 'platform.TopicReplayEnded.v1',
        data: { details: { replayId: done.id, state: 'done', events: done.events, topic: to } },
      });
    },
    2 * MINUTE_MS,
  );

  it(
    'X-03: rebuilding everything records nothing but the deeds, sends nothing and moves no process',
    async () => {
      await allAtHead();
      const before = await effects();
      const names = [...new Set((await lines()).filter(({ kind }) => kind === 'projection').map(({ name }) => name))];
      expect(names.length).toBeGreaterThan(15);
      for (const name of names) expect((await post('/v1/platform/rebuilds', { projection: name })).status).toBe(202);
      for (const name of names) {
        await eventually(
          `${name} has caught up`,
          async () => {
            const { body } = await platform.request('GET', `/v1/platform/rebuilds/${name}`);
            return (body as { caughtUp: boolean }).caughtUp;
          },
          MINUTE_MS,
        );
        expect((await post(`/v1/platform/rebuilds/${name}/compare`, {})).body['comparison']).toMatchObject({
          equal: true,
        });
        expect((await post(`/v1/platform/rebuilds/${name}/switch`, {})).status).toBe(200);
      }
      await allAtHead();
      expect(await effects()).toEqual(before);
    },
    8 * MINUTE_MS,
  );
});

const watermarkHeaders = {
  ...{ ce_specversion: '1.0', ce_source: '/kontor/accounts', ce_type: WATERMARK_TYPE, ce_position: '1' },
  ...{ ce_previousposition: '0', ce_logid: '0b6c1a52-7a55-4b8e-8d12-2f5a1f6b0002' },
};

/** Everything that leaves a mark but read models: events that are no administrator's deed, process states, letters, records of topics. */
async function effects() {
  const { pool } = platform.database;
  const logs: Record<string, unknown> = {};
  for (const service of SERVICES) {
    const { rows } = await pool.query<{ events: number }>(
      `select count(*)::int as events from ${service}_log.events e join ${service}_log.types t using (type_no) where t.name not like 'platform.%'`,
    );
    logs[service] = rows[0]?.events;
  }
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and (table_schema like '%\\_processes' or table_schema in ('kontor_feed', 'kontor_keys', 'kontor_consumers')) and table_name not in ('checkpoints', 'leases')
      order by 1`,
  );
  const states: Record<string, unknown> = {};
  for (const { name } of tables)
    states[name] = (
      await pool.query(`select md5(string_agg(t::text, '|' order by t::text)) as hash from ${name} t`)
    ).rows[0];
  const records: Record<string, number> = {};
  for (const service of SERVICES) records[service] = await eventsIn(`${prefix}.${service}`);
  return { logs, states, records };
}

/** Records of a topic that are no watermarks: those follow every position, the administrators' deeds included. */
async function eventsIn(name: string): Promise<number> {
  const { rows } = await platform.database.pool.query<{ events: string }>(
    `select sum(previous)::text as events from ${name.split('.').at(-1)}_relay.relay`,
  );
  return Number(rows[0]?.events);
}
