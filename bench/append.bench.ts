import { randomUUID } from 'node:crypto';
import { type NewEvent, PostgresEventStore } from '@kontor/event-store';
import pg from 'pg';
import { type Finding, interleave, load, type LoadResult, perSecondText, summary } from './measure.ts';

const CALLERS = 32;
const ROUND_MS = 3_000;
const GOAL = 3.5;
const PAYLOAD = { orderId: randomUUID(), note: 'x'.repeat(150), amountMinor: 123_456, currency: 'EUR' };

/** One event to a stream of its own under an expected revision, 32 callers in one process, against Emmett on the same server. */
export async function appendBench(databaseUrl: string): Promise<Finding[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  await PostgresEventStore.migrate(pool, 'bench_log');
  const ours = new PostgresEventStore({ pool, schema: 'bench_log' });
  const { getPostgreSQLEventStore } = (await import(
    new URL('./peers/node_modules/@event-driven-io/emmett-postgresql/dist/index.js', import.meta.url).href
  )) as { getPostgreSQLEventStore: (url: string, options: object) => EmmettStore };
  const emmett = getPostgreSQLEventStore(databaseUrl, { connectionOptions: { pooled: true } });
  await emmett.appendToStream(`warm-${randomUUID()}`, [{ type: 'OrderPlaced', data: PAYLOAD }]);

  try {
    const results = await interleave<LoadResult>([
      {
        name: 'kontor',
        run: () => load(CALLERS, ROUND_MS, () => ours.append(`order-${randomUUID()}`, 'none', [newEvent()])),
      },
      {
        name: 'emmett',
        run: () =>
          load(CALLERS, ROUND_MS, () =>
            emmett.appendToStream(`order-${randomUUID()}`, [{ type: 'OrderPlaced', data: PAYLOAD }], {
              expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
            }),
          ),
      },
      {
        name: 'kontor, next revision',
        run: async () => {
          const stream = Array.from({ length: CALLERS }, () => `cart-${randomUUID()}`);
          return load(CALLERS, ROUND_MS, (caller, n) =>
            ours.append(stream[caller] as string, n === 0 ? 'none' : BigInt(n - 1), [newEvent()]),
          );
        },
      },
      {
        name: 'emmett, next revision',
        run: async () => {
          const stream = Array.from({ length: CALLERS }, () => `cart-${randomUUID()}`);
          return load(CALLERS, ROUND_MS, (caller, n) =>
            emmett.appendToStream(stream[caller] as string, [{ type: 'OrderPlaced', data: PAYLOAD }], {
              expectedStreamVersion: n === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(n),
            }),
          );
        },
      },
    ]);
    return [
      finding('append, new streams', results, 'kontor', 'emmett'),
      finding('append, exact revision', results, 'kontor, next revision', 'emmett, next revision'),
    ];
  } finally {
    await ours.close();
    await emmett.close();
    await pool.end();
  }
}

function finding(
  subject: string,
  results: ReadonlyMap<string, readonly LoadResult[]>,
  ours: string,
  theirs: string,
): Finding {
  const [a, b] = [results.get(ours) ?? [], results.get(theirs) ?? []];
  const ratios = a.map((result, round) => result.perSecond / (b[round] as LoadResult).perSecond);
  const ratio = summary(ratios);
  return {
    subject: `${subject} (${CALLERS} callers)`,
    ours: `${text(a)}`,
    against: `emmett ${text(b)}`,
    ratio: `${ratio.median.toFixed(2)} × (${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)})`,
    goal: `≥ ${GOAL} ×`,
    met: ratio.median >= GOAL,
  };
}

function text(results: readonly LoadResult[]): string {
  const rate = perSecondText(summary(results.map(({ perSecond }) => perSecond)));
  const p50 = summary(results.map(({ p50Ms }) => p50Ms)).median.toFixed(1);
  const p99 = summary(results.map(({ p99Ms }) => p99Ms)).median.toFixed(1);
  return `${rate}, p50 ${p50} ms, p99 ${p99} ms`;
}

function newEvent(): NewEvent {
  const id = randomUUID();
  return {
    id,
    type: 'bench.OrderPlaced.v1',
    data: Buffer.from(JSON.stringify(PAYLOAD)),
    metadata: {
      occurredAt: '2026-01-31T10:00:00.000Z',
      actor: 'bench',
      origin: 'person',
      commandId: id,
      requestHash: '',
      correlationId: id,
    },
  };
}

interface EmmettStore {
  appendToStream(stream: string, events: readonly object[], options?: object): Promise<unknown>;
  close(): Promise<void>;
}
