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

const results = { fold: [], cold: [], warm: [], two: [], warmP99: [], twoP99: [] };
for (let round = 0; round < rounds; round += 1) {
  const begun = performance.now();
  await runnerOfItsOwn().load(ledgerAggregate, ledgerId);
  results.fold.push(performance.now() - begun);

  await makeRoom();
  results.cold.push((await atOnce([runnerOfItsOwn()])).totalMs);

  await makeRoom();
  await runner.load(ledgerAggregate, ledgerId);
  const warm = await atOnce([runner]);
  results.warm.push(warm.totalMs);
  results.warmP99.push(warm.p99Ms);

  await makeRoom();
  const pair = [runnerOfItsOwn(), runnerOfItsOwn()];
  await Promise.all(pair.map((one) => one.load(ledgerAggregate, ledgerId)));
  const two = await atOnce(pair);
  results.two.push(two.totalMs);
  results.twoP99.push(two.p99Ms);
}

const line = (what, list) => {
  const { median, min, max } = summary(list);
  return { what, 'median ms': Math.round(median), 'min ms': Math.round(min), 'max ms': Math.round(max) };
};
console.table([
  line('fold of the whole stream, cold', results.fold),
  line(`${orders} orders at once, cold process: until the last answer`, results.cold),
  line(`${orders} orders at once, warm process: until the last answer`, results.warm),
  line(`${orders} orders at once, warm process: p99 of one`, results.warmP99),
  line(`${orders} orders at once, two warm processes: until the last answer`, results.two),
  line(`${orders} orders at once, two warm processes: p99 of one`, results.twoP99),
]);
console.log(`in every round exactly ${FITTING} of ${orders} orders got credit`);
for (const { store, pool } of [past, present]) {
  await store.close();
  await pool.end();
}
await server.stop();
