import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessControl, DEFAULT_GRANTS, type Principal } from '@kontor/auth';
import { AnswerAdapter, AuthGuard, ProblemFilter, RequestPipe } from '@kontor/http';
import type { ProjectionRunner } from '@kontor/projections';
import { FixedClock, LegalEntities, type ServiceRuntime } from '@kontor/service';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pino from 'pino';
import { grantToAnalysts } from './analysts/analyst-roles.ts';
import { Deal, definePipeline, placeStaff } from './deals.scenarios.ts';
import { EventLogs, idOf } from './events.scenarios.ts';
import { insightsProjections, insightsService } from './insights.subscriptions.ts';
import { fold, handOver, Ledger, registerAccount } from './ledger.scenarios.ts';

const CONSISTENCY_MS = 50;

/** Every token is the name of its holder; what they may do follows from their roles. */
const HOLDERS: { readonly [token: string]: Principal } = {
  'a.b.analyst': { subject: 'analyst', roles: ['analyst'], staffId: null },
  'a.b.anna': { subject: 'anna', roles: ['account-manager'], staffId: idOf('anna') },
  'a.b.head': { subject: 'head', roles: ['sales-manager'], staffId: idOf('head') },
  'a.b.service': { subject: 'svc', roles: ['service'], staffId: null },
};

describe('the questions of insights over HTTP', () => {
  let database: TestDatabase;
  let nest: NestFastifyApplication;
  const logs = new EventLogs('2026-03-01T10:00:00.000Z');
  const head = placeStaff(logs, 'head', '2026-01-01', 'North');
  const anna = placeStaff(logs, 'anna', '2026-01-01', 'North', head);
  const ben = placeStaff(logs, 'ben', '2026-01-01', 'South');
  const first = registerAccount(logs, 'A-1', anna, '2026-01-01');
  const second = registerAccount(logs, 'A-2', ben, '2026-01-01');

  beforeAll(async () => {
    database = await testDatabase();
    definePipeline(logs);
    new Deal(logs, 'hers', '2026-03-01', anna, first).worth(1_000, '2026-03-01').enters('Offer', '2026-03-01');
    new Deal(logs, 'his', '2026-03-01', ben, second).worth(3_000, '2026-03-01').enters('Offer', '2026-03-02');
    for (const [account, minor] of [
      [first, 100],
      [second, 300],
    ] as const) {
      const ledger = new Ledger(logs, account);
      const items = [1, 2, 3].map((n) => ledger.invoice(`I-${n}`, minor * n, '2026-03-01', `2026-03-1${n}`));
      const opened = ledger.openCase('C', '2026-03-12');
      ledger.notice(opened, '2026-03-12', 1, items[0] ?? '', minor);
    }
    const runners = await fold(database.pool, logs);
    nest = await application(database, runners);
  }, 60_000);
  afterAll(async () => {
    await nest.close();
    await database.drop();
  });

  const get = async (url: string, token = 'a.b.analyst') => {
    const response = await nest
      .getHttpAdapter()
      .getInstance()
      .inject({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } });
    return { status: response.statusCode, body: JSON.parse(response.body) as never };
  };
  const ok = async <Body = Record<string, unknown>>(url: string, token?: string): Promise<Body> => {
    const { status, body } = await get(url, token);
    expect({ url, status, body }).toEqual({ url, status: 200, body });
    return body;
  };

  it('R-15: answers the ageing in the shape of the public face', async () => {
    expect(await ok('/v1/insights/ageing?asOf=2026-03-12')).toEqual({
      asOf: '2026-03-12',
      asKnownAt: expect.stringMatching(/^2026-03-01T10:00:00\.\d{6}Z$/),
      positions: { accounts: expect.stringMatching(/^\d+$/), receivables: '8' },
      scope: 'all',
      currencies: [
        {
          currency: 'EUR',
          items: 6,
          outstanding: eur(2_400),
          charges: eur(0),
          unallocated: eur(0),
          total: eur(2_400),
          buckets: [
            {
              bucket: 'not-due',
              items: 4,
              amount: eur(2_000),
              explain: expect.stringContaining('/v1/insights/ageing'),
            },
            { bucket: '1-30', items: 2, amount: eur(400), explain: expect.stringContaining('/v1/insights/ageing') },
            ...['31-60', '61-90', '91-120', 'over-120'].map((bucket) => ({
              bucket,
              items: 0,
              amount: eur(0),
              explain: expect.stringContaining(`bucket=${bucket}`),
            })),
          ],
          explain: expect.objectContaining({ outstanding: expect.any(String) }),
        },
      ],
    });
  });

  it('I-06: every explain link leads to rows that sum to the figure', async () => {
    const ageing = await ok<Ageing>('/v1/insights/ageing?asOf=2026-03-12');
    for (const { explain, amount } of ageing.currencies[0]?.buckets ?? []) {
      const explained = await ok<Explained>(explain);
      expect(explained.items.reduce((sum, item) => sum + item.amount.amountMinor, 0)).toBe(amount.amountMinor);
    }
    const pipeline = await ok<Pipeline>('/v1/insights/pipeline?groupBy=region&asOf=2026-03-12');
    expect(pipeline.stages.map((stage) => [stage.group, stage.weighted])).toEqual([
      ['North', eur(500)],
      ['South', eur(1_500)],
    ]);
    for (const figure of [...pipeline.stages, ...pipeline.forecast]) {
      const explained = await ok<Explained>(figure.explain);
      expect(explained.items.reduce((sum, item) => sum + item.weighted.amountMinor, 0)).toBe(
        figure.weighted.amountMinor,
      );
    }
    const collection = await ok<Collection>('/v1/insights/collection?to=2026-03-12&days=30');
    for (const link of Object.values(collection.currencies[0]?.explain ?? {})) await ok(link);
    const cases = await ok<Cases>('/v1/insights/dunning/cases?asOf=2026-03-12');
    expect(cases.items.map((one) => [one.accountNumber, one.level, one.overdue])).toEqual([
      ['A-1', 1, eur(100)],
      ['A-2', 1, eur(300)],
    ]);
    for (const link of cases.items.flatMap((one) => Object.values(one.explain))) await ok(link);
  });

  it('X-14: shows each caller the own clients, the team, or all, and says so', async () => {
    const outstanding = async (token: string) => {
      const answer = await ok<Ageing>('/v1/insights/ageing?asOf=2026-03-12', token);
      return [answer.scope, answer.currencies[0]?.outstanding.amountMinor];
    };
    expect(await outstanding('a.b.anna')).toEqual([`owners:${anna}`, 600]);
    expect(await outstanding('a.b.head')).toEqual([`owners:${[anna, head].sort().join(',')}`, 600]);
    expect(await outstanding('a.b.analyst')).toEqual(['all', 2_400]);
    const deals = await ok<Explained>('/v1/insights/deals?asOf=2026-03-12', 'a.b.anna');
    expect(deals.items.map((deal) => deal.title)).toEqual(['hers']);
    expect((await get(`/v1/insights/accounts/${first}`, 'a.b.anna')).status).toBe(200);
    expect((await get(`/v1/insights/accounts/${second}`, 'a.b.anna')).status).toBe(404);
    expect((await get(`/v1/insights/accounts/${second}/timeline`, 'a.b.anna')).status).toBe(404);
  });

  it('I-06: pages are of one moment, one question and one scope', async () => {
    const url = '/v1/insights/ageing/explain?figure=outstanding&asOf=2026-03-12&limit=4';
    const page = await ok<Explained>(url);
    expect([page.items.length, page.next === null]).toEqual([4, false]);
    const ledger = new Ledger(logs, first);
    logs.recordFrom('2026-03-05T00:00:00.000Z');
    ledger.invoice('late', 7, '2026-03-01', '2026-03-31');
    await fold(database.pool, logs);
    const rest = await ok<Explained>(`${url}&cursor=${page.next}`);
    expect([rest.items.length, rest.next, rest.asKnownAt]).toEqual([2, null, page.asKnownAt]);
    const whole = [...page.items, ...rest.items];
    expect(whole.reduce((sum, item) => sum + item.amount.amountMinor, 0)).toBe(2_400);
    expect((await ok<Explained>(url.replace('limit=4', 'limit=500'))).items.length).toBe(7);
    const code = async (link: string, token?: string) => (await get(link, token)).body['code'];
    expect(await code(`${url}&cursor=${page.next}`, 'a.b.anna')).toBe('CursorOfAnotherQuery');
    expect(await code(`${url}&currency=EUR&cursor=${page.next}`)).toBe('CursorOfAnotherQuery');
    expect(await code(`${url}&cursor=abc`)).toBe('InvalidCursor');
    // A bucket is a part of the outstanding principal: asked of another figure it would be passed over.
    expect(await code(`${url}&bucket=1-30`)).toBe('InvalidRequest');
    const { figure } = (await get(url.replace('figure=outstanding', 'bucket=1-30'))).body;
    expect(figure).toBe('bucket');
    const forged = (key: string, id: string) => {
      const cursor = JSON.parse(Buffer.from(page.next ?? '', 'base64url').toString()) as object;
      return Buffer.from(JSON.stringify({ ...cursor, key, id })).toString('base64url');
    };
    for (const [key, id] of [
      ['2026-03-12|drop table', `${idOf('x')}+`],
      ['2026-13-12|2026-03-11', `${idOf('x')}+`],
      ['2026-03-12|2026-03-11', 'no id'],
      ['nothing', `${idOf('x')}+`],
    ] as const)
      expect((await get(`${url}&cursor=${forged(key, id)}`)).status).toBeLessThan(500);
  });

  it('I-04: the same question of the same moment gives the same bytes', async () => {
    const urls = [
      '/v1/insights/ageing?asOf=2026-03-12&asKnownAt=2026-03-04T00:00:00Z',
      '/v1/insights/pipeline?asOf=2026-03-12&asKnownAt=2026-03-04T00:00:00Z&groupBy=owner',
      `/v1/insights/accounts/${first}?asOf=2026-03-12&asKnownAt=2026-03-04T00:00:00Z`,
      `/v1/insights/accounts/${first}/timeline?asOf=2026-03-12&asKnownAt=2026-03-04T00:00:00Z`,
      '/v1/insights/dunning/notices?asOf=2026-03-12&asKnownAt=2026-03-04T00:00:00Z',
    ];
    const ask = async () => Promise.all(urls.map(async (url) => JSON.stringify(await ok(url))));
    const before = await ask();
    logs.recordFrom('2026-04-01T00:00:00.000Z');
    new Ledger(logs, second).invoice('later', 50, '2026-03-02', '2026-03-31');
    new Deal(logs, 'later', '2026-03-01', ben, second).worth(9, '2026-03-01').enters('Interest', '2026-03-01');
    handOver(logs, second, ben, '2026-04-01');
    await fold(database.pool, logs);
    expect(await ask()).toEqual(before);
  });

  it('I-04: an instant may have any offset, and sums any size', async () => {
    await ok(`/v1/insights/pipeline?asKnownAt=${encodeURIComponent('2026-03-12T00:00:00.5-23:59')}`);
    for (const name of ['huge', 'vast'])
      new Deal(logs, name, '2026-03-01', ben, second)
        .worth(Number.MAX_SAFE_INTEGER, '2026-03-01', 'JPY')
        .enters('Concluded', '2026-03-03');
    await fold(database.pool, logs);
    const response = await nest
      .getHttpAdapter()
      .getInstance()
      .inject({ url: '/v1/insights/pipeline?currency=JPY', headers: { authorization: 'Bearer a.b.analyst' } });
    expect(response.body).toContain('"amount":{"amountMinor":18014398509481982,"currency":"JPY"}');
  });

  it('X-07: waits for a consistency token, and says how far it is behind', async () => {
    await ok('/v1/insights/ageing?consistentWith=receivables:2,accounts:1');
    const behind = await get('/v1/insights/ageing?consistentWith=receivables:99999');
    expect([behind.status, behind.body['code']]).toEqual([503, 'ProjectionBehind']);
  });

  it.each([
    ['asOf', '/v1/insights/ageing?asOf=2026-02-30'],
    ['asOf', '/v1/insights/pipeline?asOf=9999-01-01'],
    ['asKnownAt', '/v1/insights/pipeline?asKnownAt=yesterday'],
    ['asKnownAt', '/v1/insights/pipeline?asKnownAt=2026-02-30T00:00:00Z'],
    ['groupBy', '/v1/insights/pipeline?groupBy=mood'],
    ['mood', '/v1/insights/pipeline?mood=good'],
    ['currency', '/v1/insights/ageing?currency=XYZ'],
    ['entityId', '/v1/insights/ageing?entityId=elsewhere'],
    ['ownerId', '/v1/insights/ageing?ownerId=me'],
    ['days', '/v1/insights/collection?days=0'],
    ['days', '/v1/insights/collection?days=1e9'],
    ['limit', '/v1/insights/deals?limit=501'],
    ['stage', '/v1/insights/deals?stage=%00'],
    ['month', '/v1/insights/deals?month=2026-13'],
    ['level', '/v1/insights/dunning/cases?level=-1'],
    ['consistentWith', '/v1/insights/ageing?consistentWith=soon'],
    ['id', '/v1/insights/accounts/nobody'],
    ['kind', `/v1/insights/accounts/${first}/timeline?kind=A%20B`],
  ])('X-07: refuses what makes no sense, naming %s', async (field, url) => {
    const { status, body } = await get(url);
    const errors = (body['errors'] ?? []) as readonly { readonly field: string }[];
    expect([status, [...new Set(errors.map((error) => error.field))]]).toEqual([422, [field]]);
  });

  it('I-05: analysts read the views and nothing else, personal columns only by a role of its own', async () => {
    await grantToAnalysts(database.pool, insightsProjections);
    const as = async (role: string, text: string) => {
      const client = await database.pool.connect();
      try {
        await client.query(`set role ${role}`);
        return (await client.query<Record<string, unknown>>(text)).rows;
      } finally {
        client.release(true);
      }
    };
    expect(await as('kontor_analyst', 'select number from insights.accounts order by number')).toEqual([
      { number: 'A-1' },
      { number: 'A-2' },
    ]);
    expect(await as('kontor_analyst', 'select sum(delta_minor)::int as open from insights.ledger_lines')).toHaveLength(
      1,
    );
    expect(await as('kontor_analyst', 'select title from insights.open_deals order by title')).toContainEqual({
      title: 'hers',
    });
    for (const forbidden of [
      'select person_name from insights.accounts',
      'select name from insights.staff_facts',
      'select * from pipeline_v1.deals',
      'select * from insights.account_owners',
      "update insights.items set open_minor = 0 where currency = 'EUR'",
      'create temporary table mine (a int)',
    ])
      await expect(as('kontor_analyst', forbidden)).rejects.toThrow(/permission denied/);
    expect(await as('kontor_analyst_personal', "select name from insights.staff_facts where region = 'South'")).toEqual(
      [{ name: 'ben' }],
    );
    const undocumented = await database.pool.query(
      `select table_name, column_name from information_schema.columns where table_schema = 'insights'
         and col_description(format('%I.%I', table_schema, table_name)::regclass, ordinal_position) is null`,
    );
    expect(undocumented.rows).toEqual([]);
  });
});

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

interface M {
  readonly amountMinor: number;
}
interface Ageing {
  readonly scope: string;
  readonly currencies: readonly {
    readonly outstanding: M;
    readonly buckets: readonly { readonly explain: string; readonly amount: M }[];
  }[];
}
interface Explained {
  readonly asKnownAt: string;
  readonly items: readonly { readonly title: string; readonly amount: M; readonly weighted: M }[];
  readonly next: string | null;
}
interface Pipeline {
  readonly stages: readonly { readonly group: string; readonly explain: string; readonly weighted: M }[];
  readonly forecast: Pipeline['stages'];
}
interface Collection {
  readonly currencies: readonly { readonly explain: { readonly [figure: string]: string } }[];
}
interface Cases {
  readonly items: readonly {
    readonly accountNumber: string;
    readonly level: number;
    readonly overdue: M;
    readonly explain: { readonly [figure: string]: string };
  }[];
}

/** The module on a Fastify of its own, with the guard, pipe and filter that the platform gives every service. */
async function application(
  database: TestDatabase,
  runners: readonly ProjectionRunner[],
): Promise<NestFastifyApplication> {
  const clock = new FixedClock('2026-12-31T12:00:00.000Z');
  const runtime = {
    pool: database.pool,
    clock,
    entities: new LegalEntities(
      [{ id: 'main', name: 'Main', country: 'DE', timeZone: 'Europe/Berlin', baseCurrency: 'EUR' }],
      clock,
    ),
    access: new AccessControl(database.pool, 'insights', DEFAULT_GRANTS),
    async caughtUp(projection: string, token: string | undefined) {
      const runner = runners.find((candidate) => candidate.projection.name === projection);
      if (runner === undefined) throw new RangeError(`there is no projection ${projection}`);
      if (token !== undefined) await runner.waitFor(token, CONSISTENCY_MS);
    },
    caughtUpToHead: () => Promise.resolve(),
  } as unknown as ServiceRuntime;
  const verifier = {
    async verify(token: string): Promise<Principal> {
      const holder = HOLDERS[token];
      if (holder === undefined) throw new RangeError(`nobody holds ${token}`);
      return holder;
    },
  };
  const app = await NestFactory.create<NestFastifyApplication>(insightsService.module(runtime), new AnswerAdapter(), {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalGuards(new AuthGuard(verifier, clock));
  app.useGlobalPipes(new RequestPipe());
  app.useGlobalFilters(new ProblemFilter(pino({ level: 'silent' })));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
