import { expect, it } from '@jest/globals';
import {
  StoreTimeout,
  StoreUnavailable,
  WrongExpectedRevision,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type StoredEvent,
} from '@kontor/event-store';
import { asGiven, newEvent, takeUntil, wholeLog, type Fixture } from './event-store-contract-events.ts';
import { dice, seedOfRun, type Dice } from './seeded.ts';

const WRITERS = 12;
const APPENDS_PER_WRITER = 40;
const STREAMS = 10;

interface Written {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly lastRevision: bigint;
  readonly lastPosition: bigint;
}

/**
 * Writers in two processes do what the dice say: any expectation, true or false, one to four events, the same append twice,
 * with connections breaking under them. The oracle is the exact set of accepted appends.
 */
export function randomContract(fixture: Fixture): void {
  const seed = seedOfRun();
  it(`fault rows 2 and 8: a random run leaves exactly the accepted events, in dense revisions and one order (seed ${seed})`, async () => {
    const { store, open, faults } = fixture();
    const other = await open();
    const written = new Map<string, Written>();
    const stop = new AbortController();
    const batches = other.subscribe({ after: 0n, batchSize: 11, signal: stop.signal })[Symbol.asyncIterator]();
    let total = Infinity;
    const followed = takeUntil(batches, (batch, seen) => batch.caughtUp && seen.length >= total);
    await Promise.all(
      Array.from({ length: WRITERS }, (_, n) => writer(dice(seed + n), n % 2 === 0 ? store : other, written, faults)),
    );
    const accepted = [...written.values()].sort((a, b) => (a.lastPosition < b.lastPosition ? -1 : 1));
    // One more, so that the follower meets a batch after it was told how many there are.
    total = accepted.reduce((sum, { events }) => sum + events.length, 1);
    const last = newEvent('tests.Ended.v1');
    const ended = await other.append('end', 'none', [last]);
    accepted.push({ stream: 'end', events: [last], lastRevision: 0n, lastPosition: ended.position });

    const log = await wholeLog(other);
    expect(log.map(asGiven)).toEqual(accepted.flatMap(({ events }) => events).map(asGiven));
    expect(log.map(({ stream }) => stream)).toEqual(accepted.flatMap(({ stream, events }) => events.map(() => stream)));
    for (const { events, lastRevision, lastPosition } of accepted) {
      const stored = log.find(({ id }) => id === events.at(-1)?.id);
      expect([stored?.revision, stored?.position]).toEqual([lastRevision, lastPosition]);
    }
    expectDense(log);
    expect(await followed).toEqual(log);
    stop.abort();
    await other.close();
  });
}

async function writer(
  choose: Dice,
  store: EventStore,
  written: Map<string, Written>,
  faults: { readonly breakConnections: () => void },
): Promise<void> {
  let known: Written | undefined;
  for (let n = 0; n < APPENDS_PER_WRITER; n += 1) {
    if (choose.once(60)) faults.breakConnections();
    const stream = `order-${choose.int(STREAMS)}`;
    const events = Array.from({ length: 1 + choose.int(4) }, () =>
      newEvent('orders.Rolled.v1', { n: choose.int(1e9) }),
    );
    const guess: ExpectedRevision = known?.stream === stream ? known.lastRevision : BigInt(choose.int(30));
    const expected = choose.pick<ExpectedRevision>(['none', 'any', 'exists', guess, guess]);
    const receipt = await settled(store, stream, expected, events);
    if (receipt === 'refused') continue;
    known = { stream, events, lastRevision: receipt.revision, lastPosition: receipt.position };
    written.set(events[0]?.id ?? '', known);
    if (choose.once(3)) {
      const again = await settled(store, stream, expected, events);
      expect(again).toEqual({ revision: receipt.revision, position: receipt.position });
    }
  }
}

/** Asks until the store knows. An append whose answer was lost is the same append again. */
async function settled(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<{ revision: bigint; position: bigint } | 'refused'> {
  for (;;) {
    try {
      const { revision, position } = await store.append(stream, expected, events);
      return { revision, position };
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return 'refused';
      if (!(error instanceof StoreUnavailable || error instanceof StoreTimeout)) throw error;
    }
  }
}

function expectDense(log: readonly StoredEvent[]): void {
  const next = new Map<string, bigint>();
  for (const { stream, revision } of log) {
    expect(revision).toBe(next.get(stream) ?? 0n);
    next.set(stream, revision + 1n);
  }
}
