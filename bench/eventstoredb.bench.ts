import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, type BinaryEventData } from '@eventstore/db-client';
import type { NewEvent } from '@kontor/event-store';
import { EventStoreDbEventStore } from '@kontor/event-store/eventstoredb';
import { eventStoreDbProcess } from '@kontor/testing/eventstoredb-double';
import {
  type BenchOptions,
  type Finding,
  interleave,
  load,
  type LoadResult,
  perSecondText,
  summary,
} from './measure.ts';

const CALLERS = 32;
const ROUND_MS = 3_000;
/** Overhead of at most 20 %. */
const GOAL = 1 / 1.2;
const PAYLOAD = Buffer.from(JSON.stringify({ orderId: randomUUID(), note: 'x'.repeat(150), amountMinor: 123_456 }));
const METADATA = {
  occurredAt: '2026-03-01T10:00:00.000Z',
  actor: randomUUID(),
  origin: 'person' as const,
  commandId: randomUUID(),
  requestHash: 'x'.repeat(64),
  correlationId: randomUUID(),
};
const UNARY = { credentials: { username: 'bench', password: '' } };

/**
 * One event to a stream of its own, 32 callers: through the adapter, and by the bare client in the same unary mode. The server is
 * the protocol double in a process of its own. The client's batch mode, which the adapter may not use, is
 * printed beside it.
 */
export async function eventStoreDbBench(_databaseUrl: string, options: BenchOptions): Promise<Finding[]> {
  const server = await eventStoreDbProcess();
  const { url } = server;
  const store = new EventStoreDbEventStore({ url, typePrefix: 'bench.' });
  const client = EventStoreDBClient.connectionString(url);
  const bare = (options: object): Promise<LoadResult> =>
    load(CALLERS, ROUND_MS, () =>
      client.appendToStream(`bare-${randomUUID()}`, [bareEvent()], { ...options, expectedRevision: 'no_stream' }),
    );
  try {
    await store.append(`warm-${randomUUID()}`, 'none', [newEvent()]);
    const contenders = [
      {
        name: 'kontor',
        run: () => load(CALLERS, ROUND_MS, () => store.append(`order-${randomUUID()}`, 'none', [newEvent()])),
      },
      { name: 'bare', run: () => bare(UNARY) },
    ];
    await interleave<LoadResult>(contenders, 1);
    const results = await interleave<LoadResult>(contenders, options.rounds);
    // By itself: it leaves the server with several times the work for its collector, which whoever came next would pay.
    const batches = await interleave<LoadResult>([{ name: 'batch', run: () => bare({}) }], options.rounds);
    const rates = (name: string) => (results.get(name) ?? batches.get(name) ?? []).map(({ perSecond }) => perSecond);
    const of = (name: string) => summary(rates(name));
    const p99 = (name: string) => summary((results.get(name) ?? []).map(({ p99Ms }) => p99Ms)).median.toFixed(1);
    const [ours, unary, batch] = [of('kontor'), of('bare'), of('batch')];
    const bareRates = rates('bare');
    const ratio = summary(rates('kontor').map((rate, round) => rate / (bareRates[round] as number)));
    return [
      {
        subject: 'append through EventStoreDB, unary',
        ours: `${perSecondText(ours)}, p99 ${p99('kontor')} ms`,
        against: `bare client ${perSecondText(unary)}, p99 ${p99('bare')} ms; its batch mode ${perSecondText(batch)}`,
        ratio: `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)})`,
        goal: `≥ ${GOAL.toFixed(2)}`,
        met: ratio.median >= GOAL,
      },
    ];
  } finally {
    await store.close();
    await client.dispose();
    await server.stop();
  }
}

const newEvent = (): NewEvent => ({ id: randomUUID(), type: 'bench.Appended.v1', data: PAYLOAD, metadata: METADATA });

const bareEvent = (): BinaryEventData => ({
  id: randomUUID(),
  type: 'bench.Appended.v1',
  contentType: 'application/octet-stream',
  data: new Uint8Array(PAYLOAD),
  metadata: { ...METADATA },
});
