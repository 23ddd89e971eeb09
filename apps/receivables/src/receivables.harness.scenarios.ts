import { AccessControl, DEFAULT_GRANTS } from '@kontor/auth';
import { EventSerializer, fixedKeyVault, PostgresEventStore } from '@kontor/event-store';
import { LogFeed } from '@kontor/feed';
import { ProjectionRunner } from '@kontor/projections';
import { CommandRunner, FixedClock, LegalEntities, ServiceRuntime } from '@kontor/service';
import { testDatabase } from '@kontor/testing';
import { pino } from 'pino';
import { storeDefaultPolicies } from './dunning/policies.ts';
import { receivablesService } from './receivables.subscriptions.ts';

export interface ReceivablesUnderTest {
  readonly runtime: ServiceRuntime;
  readonly clock: FixedClock;
  fold(): Promise<void>;
  drop(): Promise<void>;
}

/** The service without its HTTP side, on a database of its own, with a clock that stands where it was put. */
export async function receivablesUnderTest(now: string): Promise<ReceivablesUnderTest> {
  const { name, aggregates, publication, projections } = receivablesService;
  const database = await testDatabase();
  const { pool } = database;
  const vault = fixedKeyVault();
  const codecs = aggregates.map(({ codec }) => codec);
  const log = async (service: string) => {
    await PostgresEventStore.migrate(pool, `${service}_log`);
    return new PostgresEventStore({ pool, schema: `${service}_log` });
  };
  const store = await log(name);
  const accounts = await log('accounts');
  const serializer = new EventSerializer(codecs, vault);
  const feed = new LogFeed([
    { store, publication, codecs },
    { store: accounts, publication: { service: 'accounts', publish: () => undefined }, codecs: [] },
  ]);
  const clock = new FixedClock(now);
  const main = { id: 'main', name: 'Test', country: 'DE', timeZone: 'UTC', baseCurrency: 'USD' };
  const runners = projections.map((projection) => new ProjectionRunner(pool, feed, projection, { vault }));
  const foldAll = async () => {
    for (const runner of runners) await runner.catchUp();
  };
  const runtime: ServiceRuntime = Object.assign(Object.create(ServiceRuntime.prototype) as ServiceRuntime, {
    name,
    store,
    serializer,
    runner: new CommandRunner(name, store, serializer),
    pool,
    vault,
    feed,
    clock,
    entities: new LegalEntities([main], clock),
    access: new AccessControl(pool, name, DEFAULT_GRANTS),
    logger: pino({ level: 'silent' }),
    caughtUp: foldAll,
    caughtUpToHead: foldAll,
    positions: () => Promise.resolve({}),
  });
  await foldAll();
  await storeDefaultPolicies(runtime);
  return {
    runtime,
    clock,
    fold: foldAll,
    async drop() {
      await store.close();
      await accounts.close();
      await database.drop();
    },
  };
}
