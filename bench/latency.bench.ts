import { Agent } from 'node:http';
import { startKafka } from '../tools/kafka/broker.mjs';
import { asked, caughtUp, historyOf } from './long-history.ts';
import { type BenchOptions, type Finding, openLoop, percentile } from './measure.ts';
import { type BenchPlatform, databaseBeside, send, startBenchPlatform } from './processes.ts';

const ORDERS_PER_SECOND = 20;
const WINDOW_S = 30;
const WARM_UP_S = 5;
const ACCOUNTS = 20;
const EFFECTS_WITHIN_MS = 60_000;

/** The same services: in one process that reads its own logs, in one process over Kafka, each in a process of its own. */
const SETTINGS = {
  'in one process': { kafka: false, program: 'apps/kontor/src/main.ts' },
  'in one process, over Kafka': { kafka: true, program: 'apps/kontor/src/main.ts' },
  'each service a process, over Kafka': { kafka: true, program: 'apps/kontor/src/distributed.main.ts' },
} as const;

interface Latencies {
  readonly orders: number;
  /** From an order placed to the credit that receivables reserved for it. */
  readonly reserved: readonly number[];
  /** And on to the confirmation of the order, back in orders. */
  readonly confirmed: readonly number[];
}

/** From a command that was accepted to its effect in another service, by the times at which the events were recorded. */
export async function latencyBench(databaseUrl: string, options: BenchOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  const own = process.env.KAFKA_BROKERS === undefined ? await startKafka() : undefined;
  const brokers = own?.brokers.join(',') ?? process.env.KAFKA_BROKERS ?? '';
  try {
    for (const [number, [setting, { kafka, program }]] of Object.entries(SETTINGS).entries()) {
      const platform = await startBenchPlatform(await databaseBeside(databaseUrl, number), {
        program,
        environment: kafka
          ? { KONTOR_FEED: 'kafka', KAFKA_BROKERS: brokers, KONTOR_KAFKA_TOPIC_PREFIX: `bench-${number}` }
          : { KONTOR_FEED: 'log' },
      });
      try {
        findings.push(finding(setting, await measured(platform, options.seconds ?? WINDOW_S)));
      } finally {
        await platform.stop();
      }
    }
  } finally {
    await own?.stop();
  }
  return findings;
}

function finding(setting: string, { orders, reserved, confirmed }: Latencies): Finding {
  const text = (values: readonly number[]) =>
    `p50 ${percentile(values, 0.5).toFixed(0)} ms, p99 ${percentile(values, 0.99).toFixed(0)} ms`;
  return {
    subject: `order placed → credit reserved, ${setting}`,
    ours: text(reserved),
    against: `${orders} orders, ${ORDERS_PER_SECOND}/s; and back, order confirmed: ${text(confirmed)}`,
    ratio: '',
    goal: '',
    met: null,
  };
}

async function measured(platform: BenchPlatform, seconds: number): Promise<Latencies> {
  const place = await customers(platform);
  await openLoop(ORDERS_PER_SECOND, Math.min(WARM_UP_S, seconds), place);
  const orders: string[] = [];
  await openLoop(ORDERS_PER_SECOND, seconds, async (n) => {
    orders.push(await place(n));
  });
  for (const end = performance.now() + EFFECTS_WITHIN_MS; performance.now() < end;) {
    const placed = await recorded(platform, 'orders', 'order-placed');
    const reserved = await recorded(platform, 'receivables', 'credit-reserved');
    const confirmed = await recorded(platform, 'orders', 'order-confirmed');
    if (orders.every((id) => placed.has(id) && reserved.has(id) && confirmed.has(id))) {
      const from = (times: ReadonlyMap<string, number>) =>
        orders.map((id) => (times.get(id) as number) - (placed.get(id) as number));
      return { orders: orders.length, reserved: from(reserved), confirmed: from(confirmed) };
    }
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error('there are orders without an effect');
}

/** Customers with credit; places an order for one of them. */
async function customers(platform: BenchPlatform): Promise<(n: number) => Promise<string>> {
  const made = (path: string, body: object) => asked<{ id: string }>(platform, 'POST', path, body);
  const product = await made('/v1/products', { sku: 'B-1', name: 'Bench' });
  const accounts: string[] = [];
  for (let n = 0; n < ACCOUNTS; n += 1) {
    const { id } = await made('/v1/accounts', { name: `Bench ${n} GmbH`, currency: 'EUR' });
    accounts.push(id);
  }
  await caughtUp(platform);
  for (const accountId of accounts)
    await made('/v1/credit-limits', { accountId, limit: { amountMinor: 1_000_000_000, currency: 'EUR' } });
  await caughtUp(platform);
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: `Bearer ${platform.token}`, 'content-type': 'application/json' };
  const lines = [{ productId: product.id, quantity: { value: 1, scale: 0 }, unitPrice: { value: 10_000, scale: 2 } }];
  return async (n) => {
    const body = JSON.stringify({ accountId: accounts[n % ACCOUNTS], currency: 'EUR', lines });
    return (JSON.parse(await send(`${platform.url}/v1/orders`, agent, headers, body)) as { id: string }).id;
  };
}

/** When an event of each order was recorded, in milliseconds with three decimals. */
async function recorded(platform: BenchPlatform, service: string, contract: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for await (const { event } of historyOf(platform, service)) {
    if (event?.type !== `kontor.${service}.${contract}.v1`) continue;
    times.set((event.data as { orderId: string }).orderId, millisecondsOf(event.recordedat));
  }
  return times;
}

/** `2026-01-31T10:00:00.123456Z`: a Date would drop the last three digits. */
function millisecondsOf(recordedAt: string): number {
  return Date.parse(recordedAt) + Number(recordedAt.slice(23, 26)) / 1_000;
}
