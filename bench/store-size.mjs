// How large a log of the PostgreSQL event store becomes: bytes per event in the heap and in each of its two indexes, and what
// vacuum does to it. Prints a table; docs/adr/0002-event-store-layout.md has the figures of one run.
//
//   node --import ./tools/swc-hook.mjs bench/store-size.mjs [--events 1000000]
//
// A server of its own without fsync: sizes are the same, and the run is over in a minute or two.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PostgresEventStore } from '@kontor/event-store';
import pg from 'pg';
import { startPgServer } from '../tools/pg-server.mjs';

const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } });
const wanted = Number(values.events);
const SCHEMA = 'size_log';
const CALLERS = 100;
const EVENTS_PER_APPEND = 10;
const EVENTS_PER_STREAM = 20;

const server = await startPgServer({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
const pool = new pg.Pool({ connectionString: server.url, max: 4 });
await PostgresEventStore.migrate(pool, SCHEMA);
const store = new PostgresEventStore({ pool, schema: SCHEMA });

let dataBytes = 0;
let metadataBytes = 0;
function newEvent(n) {
  const metadata = {
    occurredAt: '2026-03-01T10:00:00.000Z',
    actor: randomUUID(),
    origin: 'person',
    commandId: randomUUID(),
    requestHash: 'a'.repeat(64),
    correlationId: randomUUID(),
    traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
    businessDate: '2026-03-01',
  };
  const data = Buffer.from(
    JSON.stringify({
      orderId: randomUUID(),
      accountId: randomUUID(),
      entityId: 'main',
      lineId: n,
      sku: `SKU-${n}`,
      description: 'Hydraulic hand pallet truck, 2500 kg',
      amount: { amountMinor: 123_456, currency: 'EUR' },
      businessDate: '2026-03-01',
    }),
  );
  dataBytes += data.byteLength;
  metadataBytes += JSON.stringify(metadata).length;
  return { id: randomUUID(), type: `orders.Event${n % 40}Recorded.v1`, data, metadata };
}

const started = performance.now();
let given = 0;
await Promise.all(
  Array.from({ length: CALLERS }, async () => {
    while (given < wanted) {
      const stream = `order-${randomUUID()}`;
      for (let at = 0; at < EVENTS_PER_STREAM && given < wanted; at += EVENTS_PER_APPEND) {
        given += EVENTS_PER_APPEND;
        const events = Array.from({ length: EVENTS_PER_APPEND }, (_, n) => newEvent(n));
        await store.append(stream, at === 0 ? 'none' : BigInt(at - 1), events);
      }
    }
  }),
);
const seconds = (performance.now() - started) / 1000;
const { events, streams } = await store.stats();
const count = Number(events);

const size = async (relation) =>
  Number((await pool.query('SELECT pg_relation_size($1) AS bytes', [`${SCHEMA}.${relation}`])).rows[0].bytes);
const heap = await size('events_0');
const positions = await size('events_0_position');
const byStream = await size('events_0_stream');
const toast = Number(
  (
    await pool.query(
      `SELECT pg_relation_size(reltoastrelid) AS bytes FROM pg_class WHERE oid = '${SCHEMA}.events_0'::regclass`,
    )
  ).rows[0].bytes,
);
const streamsTable = Number(
  (await pool.query(`SELECT pg_total_relation_size('${SCHEMA}.streams') AS bytes`)).rows[0].bytes,
);

const client = await pool.connect();
const timed = async (statement) => {
  const before = performance.now();
  await client.query(statement);
  return ((performance.now() - before) / 1000).toFixed(2);
};
// As the table's own setting has it for autovacuum.
await client.query('SET vacuum_freeze_min_age = 0');
const first = await timed(`VACUUM ${SCHEMA}.events_0`);
const second = await timed(`VACUUM ${SCHEMA}.events_0`);
const reindex = await timed(`REINDEX INDEX CONCURRENTLY ${SCHEMA}.events_0_stream`);
const rebuilt = await size('events_0_stream');
client.release();
await pool.query('CREATE EXTENSION IF NOT EXISTS pg_visibility').catch(() => undefined);
const frozen = await pool
  .query(`SELECT all_visible, all_frozen FROM pg_visibility_map_summary('${SCHEMA}.events_0')`)
  .then(({ rows }) => `${rows[0].all_frozen} of ${Math.ceil(heap / 8192)} pages frozen`)
  .catch(() => 'pg_visibility is not there');
const { rows: updates } = await pool.query(
  `SELECT relname, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE schemaname = '${SCHEMA}' AND relname IN ('log', 'streams')`,
);

const perEvent = (bytes) => (bytes / count).toFixed(1).padStart(8);
console.log(
  `${count} events in ${streams} streams, ${Math.round(count / seconds)} events/s (${EVENTS_PER_APPEND} per append)`,
);
console.log(`data                      ${perEvent(dataBytes)} bytes per event, as given`);
console.log(`metadata                  ${perEvent(metadataBytes)}`);
console.log(
  `heap                      ${perEvent(heap)} (beyond data and metadata: ${perEvent(heap - dataBytes - metadataBytes).trim()})`,
);
console.log(`toast                     ${perEvent(toast)}`);
console.log(`index (position)          ${perEvent(positions)}`);
console.log(`index (stream, revision)  ${perEvent(byStream)}`);
console.log(`  rebuilt, when full      ${perEvent(rebuilt)} (REINDEX CONCURRENTLY, ${reindex} s)`);
console.log(`sum                       ${perEvent(heap + toast + positions + byStream)}`);
console.log(`streams, with both keys   ${(streamsTable / Number(streams)).toFixed(1).padStart(8)} bytes per stream`);
console.log(`vacuum                    ${first} s, again ${second} s; ${frozen}`);
for (const { relname, n_tup_upd, n_tup_hot_upd } of updates) {
  console.log(`updates of ${relname.padEnd(15)}${String(n_tup_upd).padStart(8)}, in place (HOT) ${n_tup_hot_upd}`);
}
await store.close();
await pool.end();
await server.stop();
