import { AccessControl, DEFAULT_GRANTS } from '@kontor/auth';
import { EventSerializer, fixedKeyVault, PostgresEventStore } from '@kontor/event-store';
import { LogFeed } from '@kontor/feed';
import type { CloudEvent } from '@kontor/kernel';
import { ProjectionRunner } from '@kontor/projections';
import { CommandRunner, FixedClock, LegalEntities, ServiceRuntime, uuidV5, KONTOR_NAMESPACE } from '@kontor/service';
import { testDatabase } from '@kontor/testing';
import { pino } from 'pino';
import { accountsService } from './accounts.subscriptions.ts';
import { defineShippedPipelines } from './pipeline/pipelines.ts';

/** The service without its HTTP side, on a database of its own. Nothing is folded until `fold` is called. */
export interface AccountsUnderTest {
  readonly runtime: ServiceRuntime;
  readonly clock: FixedClock;
  fold(): Promise<void>;
  /** Everything published so far, personal fields in the clear: what a personal projection is given. */
  published(): Promise<readonly CloudEvent[]>;
  /** All events of the log so far. */
  events(): Promise<number>;
  drop(): Promise<void>;
}

export async function accountsUnderTest(now: string): Promise<AccountsUnderTest> {
  const { name, aggregates, publication, projections } = accountsService;
  const database = await testDatabase();
  const { pool } = database;
  const schema = `${name}_log`;
  await PostgresEventStore.migrate(pool, schema);
  const store = new PostgresEventStore({ pool, schema });
  const vault = fixedKeyVault();
  const codecs = aggregates.map(({ codec }) => codec);
  const serializer = new EventSerializer(codecs, vault);
  const feed = new LogFeed([{ store, publication, codecs }]);
  const clock = new FixedClock(now);
  const main = { id: 'main', name: 'Test', country: 'DE', timeZone: 'UTC', baseCurrency: 'EUR' };
  const runners = projections.map((projection) => new ProjectionRunner(pool, feed, projection, { vault }));
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
    caughtUp: () => Promise.resolve(),
    caughtUpToHead: () => Promise.resolve(),
    positions: () => Promise.resolve({}),
  });
  await defineShippedPipelines(runtime);
  return {
    runtime,
    clock,
    async fold() {
      for (const runner of runners) await runner.catchUp();
    },
    async published() {
      const { signal } = new AbortController();
      const events: CloudEvent[] = [];
      for await (const batch of feed.read({ service: name, after: 0n, follow: false, signal }))
        for (const event of batch.events) events.push(await serializer.unseal(event));
      return events;
    },
    async events() {
      return Number((await store.head()).position);
    },
    async drop() {
      await store.close();
      await database.drop();
    },
  };
}

export function idOf(text: string): string {
  return uuidV5(KONTOR_NAMESPACE, `test|${text}`);
}
