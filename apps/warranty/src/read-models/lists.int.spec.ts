import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessProjection, type Scope } from '@kontor/auth';
import { EventSerializer, fixedKeyVault, PostgresEventStore } from '@kontor/event-store';
import { LogFeed } from '@kontor/feed';
import { type ListAsked, type ListDefinition, readList } from '@kontor/http';
import type { Aggregate, CloudEvent, DomainCommand, DomainEvent } from '@kontor/kernel';
import { foldInMemory, ProjectionRunner, readTables } from '@kontor/projections';
import { CommandRunner, KONTOR_NAMESPACE, uuidV5 } from '@kontor/service';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import {
  claimAggregate,
  termAsSold,
  unitAggregate,
  type ClaimCommand,
  type RegisterUnit,
  type UnitCommand,
} from '@kontor/warranty-domain';
import { warrantyPublication } from '../outbound/warranty.publication.ts';
import { warrantyService } from '../warranty.subscriptions.ts';
import { claimList } from './claim-list/claim-list.projection.ts';
import { claimListing } from './claim-list/claim-list.query.ts';
import { installBase } from './install-base/install-base.projection.ts';
import { unitListing } from './install-base/install-base.query.ts';

const id = (name: string) => uuidV5(KONTOR_NAMESPACE, `lists ${name}`);
const ALL: Scope = { kind: 'all' };
const lists = [installBase, claimList];

let database: TestDatabase;
let feed: LogFeed;
let runner: CommandRunner;
let runners: ProjectionRunner[];

beforeAll(async () => {
  database = await testDatabase();
  const { pool } = database;
  const codecs = warrantyService.aggregates.map((aggregate) => aggregate.codec);
  await PostgresEventStore.migrate(pool, 'warranty_log');
  const store = new PostgresEventStore({ pool, schema: 'warranty_log' });
  feed = new LogFeed([{ store, publication: warrantyPublication, codecs }]);
  runner = new CommandRunner('warranty', store, new EventSerializer(codecs, fixedKeyVault()));
  await new ProjectionRunner(pool, feed, accessProjection('warranty')).prepare();
  await pool.query(`insert into warranty_access_v1.account_owners (account_id, owner_id) values ($1, $2), ($3, $4)`, [
    id('odd'),
    id('staff odd'),
    id('even'),
    id('staff even'),
  ]);
  runners = lists.map((list) => new ProjectionRunner(pool, feed, list));
  for (let n = 1; n <= 5; n += 1) await unit(n, register(n));
  await fold();
});
afterAll(() => database.drop());

async function fold(): Promise<void> {
  for (const list of runners) await list.catchUp();
}

let commands = 0;
async function execute<S, C extends DomainCommand, E extends DomainEvent>(
  aggregate: Aggregate<S, C, E>,
  stream: string,
  command: C,
): Promise<void> {
  const outcome = await runner.execute(aggregate, stream, command, {
    commandId: id(`command ${(commands += 1)}`),
    requestHash: '',
    actor: 'test',
    origin: 'person',
    correlationId: id('test'),
    occurredAt: '2026-03-02T08:00:00.000Z',
  });
  expect(outcome.kind).toBe('accepted');
}
const unit = (n: number, command: UnitCommand) => execute(unitAggregate, id(`unit ${n}`), command);
const claim = (command: ClaimCommand) => execute(claimAggregate, id('claim'), command);

const register = (n: number): RegisterUnit => ({
  type: 'RegisterUnit',
  unitId: id(`unit ${n}`),
  entityId: 'main',
  serial: `S-${n}`,
  productId: id('pump'),
  sku: 'PUMP-40',
  accountId: id(n % 2 === 0 ? 'even' : 'odd'),
  deliveredWith: null,
  quantity: { value: 1, scale: 0 },
  deliveredOn: `2026-03-0${n}`,
  term: termAsSold(24, 'delivery'),
  replaces: null,
  today: '2026-03-31',
});

type Item = Readonly<Record<string, unknown>>;
const page = async (list: ListDefinition, asked: ListAsked, scope: Scope) => {
  const { items, ...rest } = await readList(database.pool, list, asked, scope);
  return { ...rest, items: items as readonly Item[] };
};
const units = (filters: { accountId?: string; serial?: string }, cursor?: string, scope: Scope = ALL) =>
  page(unitListing, { ...filters, limit: 2, cursor }, scope);
const claims = (filters: { number?: string; status?: string }, scope: Scope = ALL) =>
  page(claimListing, { ...filters, limit: 2 }, scope);

describe('lists of after-sales', () => {
  it('W-01: a unit is found by its serial number, with holder and cover', async () => {
    const { items, next } = await units({ serial: 'S-3' });
    expect(next).toBeNull();
    expect(items.map(({ recordedAt: _recordedAt, ...item }) => item)).toEqual([
      {
        id: id('unit 3'),
        entityId: 'main',
        serial: 'S-3',
        productId: id('pump'),
        sku: 'PUMP-40',
        quantity: { value: 1, scale: 0 },
        accountId: id('odd'),
        registeredOn: '2026-03-03',
        termVersion: 0,
        warrantyStart: '2026-03-03',
        warrantyEnd: '2028-03-03',
        takenOffOn: null,
        replacedByUnitId: null,
      },
    ]);
  });

  it('X-14: a scope shows the units and claims of own clients only', async () => {
    const own: Scope = { kind: 'owners', ownerIds: [id('staff even')] };
    expect((await units({}, undefined, own)).items.map((item) => item.serial)).toEqual(['S-4', 'S-2']);
    expect((await units({}, undefined, { kind: 'owners', ownerIds: [] })).items).toEqual([]);
  });

  it('I-06: all pages are of one moment, whatever happens between them', async () => {
    const first = await units({ accountId: id('odd') });
    expect(first.items.map((item) => item.serial)).toEqual(['S-5', 'S-3']);
    await unit(1, { type: 'TransferUnit', accountId: id('even'), reason: 'sold on', businessDate: '2026-03-20' });
    await unit(1, { type: 'TakeUnitOffWarranty', reason: 'opened by others', businessDate: '2026-03-21' });
    await unit(6, { ...register(6), accountId: id('odd'), deliveredOn: '2026-02-01' });
    await fold();
    const second = await units({ accountId: id('odd') }, first.next ?? undefined);
    expect([second.asKnownAt, second.next]).toEqual([first.asKnownAt, null]);
    expect(second.items.map((item) => [item.serial, item.takenOffOn])).toEqual([['S-1', null]]);
    const now = await units({ serial: 'S-1' });
    expect(now.items.map((item) => [item.accountId, item.takenOffOn])).toEqual([[id('even'), '2026-03-21']]);
  });

  it('I-06: a cursor belongs to its filters and scope, and one that was tampered with is refused', async () => {
    const { next } = await units({ accountId: id('odd') });
    await expect(units({ accountId: id('even') }, next ?? '')).rejects.toMatchObject({ code: 'CursorOfAnotherQuery' });
    const own: Scope = { kind: 'owners', ownerIds: [id('staff odd')] };
    await expect(units({ accountId: id('odd') }, next ?? '', own)).rejects.toMatchObject({
      code: 'CursorOfAnotherQuery',
    });
    const cursor = JSON.parse(Buffer.from(next ?? '', 'base64url').toString('utf8')) as object;
    for (const change of [{ key: '2026-02-30' }, { id: 'x' }, { asKnownAt: 'now' }]) {
      const broken = Buffer.from(JSON.stringify({ ...cursor, ...change })).toString('base64url');
      await expect(units({ accountId: id('odd') }, broken)).rejects.toMatchObject({ code: 'InvalidCursor' });
    }
  });

  it('W-05: a claim is found by its number, its facets beside one another', async () => {
    const number = 'CL-2026-0000000001';
    await claim({
      type: 'OpenClaim',
      claimId: id('claim'),
      number,
      entityId: 'main',
      kind: 'claim',
      unit: { unitId: id('unit 3'), productId: id('pump') },
      accountId: id('odd'),
      ownerId: id('staff odd'),
      incidentDate: '2026-03-20',
      description: 'It leaks.',
      cause: null,
      damage: null,
      businessDate: '2026-03-21',
    });
    const state = await runner.load(unitAggregate, id('unit 3'));
    const registration = state.state.status === 'unknown' ? [] : state.state.facts;
    const capsUsed = { claims: 0, partsMinor: 0, labourMinor: 0 };
    await claim({
      type: 'DecideCoverage',
      facts: { registration, capsUsed, serviceContract: null },
      businessDate: '2026-03-21',
    });
    await claim({ type: 'CloseClaim', signature: null, reason: 'worked again', businessDate: '2026-03-22' });
    await fold();
    const { items } = await claims({ number, status: 'closed' });
    expect(items.map(({ recordedAt: _recordedAt, ...item }) => item)).toEqual([
      {
        id: id('claim'),
        number,
        entityId: 'main',
        kind: 'claim',
        unitId: id('unit 3'),
        productId: id('pump'),
        accountId: id('odd'),
        incidentDate: '2026-03-20',
        openedOn: '2026-03-21',
        status: 'closed',
        ownerId: id('staff odd'),
        coverage: 'warranty',
        work: null,
      },
    ]);
    expect((await claims({ status: 'open' })).items).toEqual([]);
    expect((await claims({ number }, { kind: 'owners', ownerIds: [id('staff even')] })).items).toEqual([]);
  });

  it('I-05: analysts see units and claims as they are now', async () => {
    const { rows } = await database.pool.query(
      `select serial, account_id, taken_off_on::text from warranty.install_base where unit_id = $1`,
      [id('unit 1')],
    );
    expect(rows).toEqual([{ serial: 'S-1', account_id: id('even'), taken_off_on: '2026-03-21' }]);
    const found = await database.pool.query(`select status, coverage, work from warranty.claim_list`);
    expect(found.rows).toEqual([{ status: 'closed', coverage: 'warranty', work: null }]);
  });

  it('X-03: the lists are the pure fold of the log', async () => {
    const events: CloudEvent[] = [];
    const { signal } = new AbortController();
    for await (const batch of feed.read({ service: 'warranty', after: 0n, follow: false, signal }))
      events.push(...batch.events);
    for (const list of lists) expect(await readTables(database.pool, list)).toEqual(foldInMemory(list, events).tables);
  });
});
