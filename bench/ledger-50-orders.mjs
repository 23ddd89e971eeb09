// Fifty orders at once on a long ledger: does a stream of 10 000 events need snapshots? Prints a table;
// docs/adr/0005-no-snapshots-yet.md has the figures of one run. By hand, on an idle machine:
//
//   node --import ./tools/swc-hook.mjs bench/ledger-50-orders.mjs [--events 10000] [--orders 50] [--rounds 5]
//
// The ledger is that of a client of many years: each order reserves credit, is delivered, invoiced and paid. A server of its own,
// fsync and synchronous_commit on, as in production. "Cold" is a process that has never seen the stream; "warm" has it in memory;
// "two processes" are two runners that do not know of each other and meet only in the store.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { EventSerializer, fixedKeyVault, PostgresEventStore } from '@kontor/event-store';
import { ledgerAggregate } from '@kontor/receivables-domain';
import { CommandRunner } from '@kontor/service';
import pg from 'pg';
import { startPgServer } from '../tools/pg-server.mjs';
import { percentile, summary } from './measure.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    orders: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '5' },
  },
});
const [wanted, orders, rounds] = [values.events, values.orders, values.rounds].map(Number);
const SCHEMA = 'receivables_log';
const ORDER_MINOR = 10_000;
/** Of the orders of a round, this many fit the limit; the others must be refused. */
const FITTING = Math.floor(orders / 2);
const ledgerId = randomUUID();
const whose = { accountId: randomUUID(), entityId: 'main', currency: 'EUR', businessDate: '2026-03-02' };

const server = await startPgServer({
  settings: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '256MB' },
});
/** The history is written without waiting for the disk; what is measured waits for it. */
function openStore(synchronousCommit) {
  const options = `-c synchronous_commit=${synchronousCommit}`;
  const pool = new pg.Pool({ connectionString: server.url, max: 8, options });
  return { pool, store: new PostgresEventStore({ pool, schema: SCHEMA }) };
}
const past = openStore('off');
const present = openStore('on');
await PostgresEventStore.migrate(past.pool, SCHEMA);
const runnerOfItsOwn = ({ store } = present) =>
  new CommandRunner('receivables', store, new EventSerializer([ledgerAggregate.codec], fixedKeyVault()));

function execute(runner, command) {
  const commandId = randomUUID();
  return runner.execute(
    ledgerAggregate,
    ledgerId,
    { ...whose, ...command },
    {
      commandId,
      requestHash: '',
      actor: 'bench',
      origin: 'process',
      correlationId: commandId,
      occurredAt: '2026-03-02T08:00:00.000Z',
    },
  );
}
const reserve = (runner, orderId) =>
  execute(runner, { type: 'ReserveCredit', orderId, attempt: 1, amountMinor: ORDER_MINOR, withoutLimit: 'zero' });

const bigText = (_key, value) => (typeof value === 'bigint' ? value.toString() : value);

/** One order from reservation to payment. */
async function trade(runner, n) {
  const [orderId, deliveryId, invoiceId] = [randomUUID(), randomUUID(), randomUUID()];
  const delivered = { deliveryId, amountMinor: ORDER_MINOR };
  await reserve(runner, orderId);
  await execute(runner, { type: 'EnterDelivery', orderId, ...delivered, completesOrder: true });
  await execute(runner, {
    type: 'OpenItems',
    invoiceId,
    invoiceNumber: `INV-${n}`,
    invoiceDate: whose.businessDate,
    deliveryId,
    externalId: null,
    instalments: [{ instalmentId: randomUUID(), ordinal: 1, dueDate: '2026-04-01', amountMinor: ORDER_MINOR }],
  });
  return execute(runner, {
    type: 'ReceivePayment',
    paymentId: randomUUID(),
    amountMinor: ORDER_MINOR,
    reference: `INV-${n}`,
    invoiceNumbers: [],
    today: whose.businessDate,
  });
}

/** All at once; gives milliseconds until the last was answered, each one's own, and how many got their credit. */
async function atOnce(runners) {
  const started = performance.now();
  const asked = Array.from({ length: orders }, async (_, n) => {
    const outcome = await reserve(runners[n % runners.length], randomUUID());
    return { ms: performance.now() - started, outcome };
  });
  const answers = await Promise.all(asked);
  const reserved = answers.filter(({ outcome }) => outcome.events[0]?.type === 'CreditReserved').length;
  if (reserved !== FITTING)
    throw new Error(
      `${reserved} orders got credit, ${FITTING} fit the limit: ${JSON.stringify(answers[0]?.outcome, bigText)}`,
    );
  return {
    totalMs: performance.now() - started,
    p99Ms: percentile(
      answers.map(({ ms }) => ms),
      0.99,
    ),
  };
}

await aLongLedger();
const runner = runnerOfItsOwn();
await runner.load(ledgerAggregate, ledgerId);
/** Everything is paid, so the first room is the limit itself. */
let limitMinor = 0;

async function aLongLedger() {
  const runner = runnerOfItsOwn(past);
  await execute(runner, { type: 'SetCreditLimit', limitMinor: ORDER_MINOR, validUntil: null });
  const begun = performance.now();
  for (let n = 1; ; n += 1) {
    const outcome = await trade(runner, n);
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome.refusal));
    if (Number(outcome.receipt.revision) + 1 >= wanted) break;
  }
  const { revision } = await runner.load(ledgerAggregate, ledgerId);
  console.log(`a ledger of ${revision + 1n} events, written in ${Math.round(performance.now() - begun)} ms`);
}

/** Raises the limit so that, of the next round, just the fitting number of orders gets credit. */
async function makeRoom() {
  limitMinor += FITTING * ORDER_MINOR;
  await execute(runner, { type: 'SetCreditLimit', limitMinor, validUntil: null });
}

/** Processor time of this process, user and system: what others do on the machine does not count in it. */
const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

const results = {
  fold: [],
  foldCpu: [],
  cold: [],
  coldCpu: [],
  warm: [],
  warmCpu: [],
  warmP99: [],
  two: [],
  twoCpu: [],
};
for (let round = 0; round < rounds; round += 1) {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  await runnerOfItsOwn().load(ledgerAggregate, ledgerId);
  results.fold.push(performance.now() - begun);
  results.foldCpu.push(cpuMs(cpu));

  await makeRoom();
  const coldCpu = process.cpuUsage();
  results.cold.push((await atOnce([runnerOfItsOwn()])).totalMs);
  results.coldCpu.push(cpuMs(coldCpu));

  await makeRoom();
  await runner.load(ledgerAggregate, ledgerId);
  const warmCpu = process.cpuUsage();
  const warm = await atOnce([runner]);
  results.warm.push(warm.totalMs);
  results.warmP99.push(warm.p99Ms);
  results.warmCpu.push(cpuMs(warmCpu));

  await makeRoom();
  const pair = [runnerOfItsOwn(), runnerOfItsOwn()];
  await Promise.all(pair.map((one) => one.load(ledgerAggregate, ledgerId)));
  const twoCpu = process.cpuUsage();
  results.two.push((await atOnce(pair)).totalMs);
  results.twoCpu.push(cpuMs(twoCpu));
}

const line = (what, list) => {
  const { median, min, max } = summary(list);
  return { what, 'median ms': Math.round(median), 'min ms': Math.round(min), 'max ms': Math.round(max) };
};
const all = `${orders} orders at once`;
console.table([
  line('fold of the whole stream, cold', results.fold),
  line('  processor time', results.foldCpu),
  line(`${all}, cold process: until the last answer`, results.cold),
  line('  processor time', results.coldCpu),
  line(`${all}, warm process: until the last answer`, results.warm),
  line('  p99 of one order', results.warmP99),
  line('  processor time', results.warmCpu),
  line(`${all}, two warm processes: until the last answer`, results.two),
  line('  processor time of both', results.twoCpu),
]);
console.log(`in every round exactly ${FITTING} of ${orders} orders got credit`);
for (const { store, pool } of [past, present]) {
  await store.close();
  await pool.end();
}
await server.stop();
