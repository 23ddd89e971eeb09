import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AppendReceipt,
  EventSerializer,
  type EventStore,
  fixedKeyVault,
  PostgresEventStore,
  StoreUnavailable,
} from '@kontor/event-store';
import { accept, defineAggregate, defineCodec, refuse } from '@kontor/kernel';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import type { CommandEnvelope, Outcome } from './command-envelope.ts';
import { IdempotencyKeyReused, OutcomeUnknown, StaleRevision } from './command-faults.ts';
import { CommandRunner } from './command-runner.ts';

type Purse = { readonly coins: number };
type PurseCommand =
  { readonly type: 'AddCoins'; readonly coins: number } | { readonly type: 'TakeCoins'; readonly coins: number };
type PurseEvent =
  | { readonly type: 'CoinsAdded'; readonly data: { readonly coins: number; readonly businessDate: string } }
  | { readonly type: 'CoinsTaken'; readonly data: { readonly coins: number; readonly businessDate: string } };

const businessDate = '2026-01-31';
const purse = defineAggregate<Purse, PurseCommand, PurseEvent>({
  category: 'purse',
  decider: {
    initial: { coins: 0 },
    evolve: {
      CoinsAdded: (state, data) => ({ coins: state.coins + data.coins }),
      CoinsTaken: (state, data) => ({ coins: state.coins - data.coins }),
    },
    decide: {
      AddCoins: ({ coins }) => (coins === 0 ? accept() : accept({ type: 'CoinsAdded', data: { coins, businessDate } })),
      TakeCoins: ({ coins }, state) =>
        coins > state.coins
          ? refuse('NotEnoughCoins', 'There are not so many coins.', { coins: state.coins, asked: coins })
          : accept({ type: 'CoinsTaken', data: { coins, businessDate } }),
    },
  },
  codec: defineCodec<PurseEvent>('purses', { CoinsAdded: { version: 1 }, CoinsTaken: { version: 1 } }),
});

function envelope(more: Partial<CommandEnvelope> = {}): CommandEnvelope {
  const commandId = randomUUID();
  return {
    commandId,
    requestHash: 'h1',
    actor: 'anna',
    origin: 'person',
    correlationId: commandId,
    occurredAt: '2026-01-31T10:00:00.000Z',
    ...more,
  };
}

function receiptOf(outcome: Outcome) {
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.code);
  return outcome.receipt;
}

describe('commands on streams', () => {
  let database: TestDatabase;
  const stores: EventStore[] = [];
  beforeAll(async () => {
    database = await testDatabase();
    await PostgresEventStore.migrate(database.pool, 'purses_log');
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  /** A runner of its own, as another process would have: nothing of what others folded is in its memory. */
  function newRunner(wrap: (store: EventStore) => EventStore = (store) => store): CommandRunner {
    const store = new PostgresEventStore({ pool: database.pool, schema: 'purses_log' });
    stores.push(store);
    return new CommandRunner('purses', wrap(store), new EventSerializer([purse.codec], fixedKeyVault()));
  }

  it('answers a receipt with revision, position and consistency token, and records the business date', async () => {
    const runner = newRunner();
    const id = randomUUID();
    const outcome = await runner.execute(purse, id, { type: 'AddCoins', coins: 3 }, envelope());
    const receipt = receiptOf(outcome);
    expect(receipt.stream).toBe(`purse-${id}`);
    expect(receipt.revision).toBe(0n);
    expect(receipt.consistencyToken).toBe(`purses:${receipt.position}`);
    expect(await runner.load(purse, id)).toEqual({ state: { coins: 3 }, revision: 0n });
    const store = stores[0] as EventStore;
    for await (const event of store.readStream(`purse-${id}`)) expect(event.metadata.businessDate).toBe(businessDate);
  });

  it('refuses with code and facts and appends nothing', async () => {
    const runner = newRunner();
    const id = randomUUID();
    const outcome = await runner.execute(purse, id, { type: 'TakeCoins', coins: 1 }, envelope());
    expect(outcome).toEqual({
      kind: 'refused',
      refusal: {
        code: 'NotEnoughCoins',
        sentence: 'There are not so many coins.',
        facts: { coins: 0, asked: 1 },
      },
    });
    expect((await runner.load(purse, id)).revision).toBe(-1n);
  });

  it('X-07: fault row 3: the same command five times at once, later, and after a restart has one effect and one receipt', async () => {
    const id = randomUUID();
    const same = envelope();
    const first = newRunner();
    const second = newRunner();
    const add = (runner: CommandRunner) => runner.execute(purse, id, { type: 'AddCoins', coins: 5 }, same);
    const outcomes = await Promise.all([add(first), add(second), add(first), add(second), add(first)]);
    await first.execute(purse, id, { type: 'AddCoins', coins: 1 }, envelope());
    outcomes.push(await add(second), await add(newRunner()));
    const receipts = outcomes.map(receiptOf);
    expect(new Set(receipts.map((receipt) => `${receipt.revision}@${receipt.position}`)).size).toBe(1);
    expect((await newRunner().load(purse, id)).state).toEqual({ coins: 6 });
  });

  it('X-07: the same command id with another request is refused', async () => {
    const runner = newRunner();
    const id = randomUUID();
    const one = envelope();
    await runner.execute(purse, id, { type: 'AddCoins', coins: 5 }, one);
    await expect(
      runner.execute(purse, id, { type: 'AddCoins', coins: 6 }, { ...one, requestHash: 'h2' }),
    ).rejects.toThrow(IdempotencyKeyReused);
  });

  it('X-07: that holds for a process that has looked at the stream before the other one wrote', async () => {
    const [mine, theirs] = [newRunner(), newRunner()];
    const id = randomUUID();
    await mine.execute(purse, id, { type: 'AddCoins', coins: 1 }, envelope());
    await theirs.load(purse, id);
    const one = envelope();
    const receipt = receiptOf(await mine.execute(purse, id, { type: 'AddCoins', coins: 5 }, one));
    const other = theirs.execute(purse, id, { type: 'AddCoins', coins: 6 }, { ...one, requestHash: 'h2' });
    await expect(other).rejects.toThrow(IdempotencyKeyReused);
    const repeat = await theirs.execute(purse, id, { type: 'AddCoins', coins: 5 }, one);
    expect(repeat).toEqual({ kind: 'accepted', receipt, events: [], repeated: true });
    expect((await theirs.load(purse, id)).state).toEqual({ coins: 6 });
  });

  it('X-07: a command that begins a stream is decided without a look, and its repeats are answered or refused', async () => {
    const id = randomUUID();
    const one = envelope();
    const begin = (runner: CommandRunner, coins: number, by: CommandEnvelope) =>
      runner.begin(purse, id, { type: 'AddCoins', coins }, by);
    const receipt = receiptOf(await begin(newRunner(), 5, one));
    expect(receipt.revision).toBe(0n);
    const second = newRunner();
    await second.execute(purse, id, { type: 'AddCoins', coins: 1 }, envelope());
    const repeat = await begin(newRunner(), 5, one);
    expect(repeat).toEqual({ kind: 'accepted', receipt, events: [], repeated: true });
    await expect(begin(newRunner(), 6, { ...one, requestHash: 'h2' })).rejects.toThrow(IdempotencyKeyReused);
    const other = receiptOf(await begin(newRunner(), 2, envelope()));
    expect(other.revision).toBe(2n);
    expect((await newRunner().load(purse, id)).state).toEqual({ coins: 8 });
  });

  it('a command that begins a stream and is refused was decided on what is stored', async () => {
    const id = randomUUID();
    await newRunner().execute(purse, id, { type: 'AddCoins', coins: 5 }, envelope());
    const taken = await newRunner().begin(purse, id, { type: 'TakeCoins', coins: 5 }, envelope());
    expect(receiptOf(taken).revision).toBe(1n);
  });

  it('X-07: If-Match holds against what another process wrote, and tells the true revision', async () => {
    const [mine, theirs] = [newRunner(), newRunner()];
    const id = randomUUID();
    await mine.execute(purse, id, { type: 'AddCoins', coins: 5 }, envelope());
    await theirs.execute(purse, id, { type: 'AddCoins', coins: 1 }, envelope());
    const stale = mine.execute(purse, id, { type: 'AddCoins', coins: 1 }, envelope({ expectedRevision: 0n }));
    await expect(stale).rejects.toEqual(new StaleRevision(`purse-${id}`, 0n, 1n));
    const right = await mine.execute(purse, id, { type: 'AddCoins', coins: 1 }, envelope({ expectedRevision: 1n }));
    expect(receiptOf(right).revision).toBe(2n);
  });

  it('never refuses on a state that another process has changed', async () => {
    const [mine, theirs] = [newRunner(), newRunner()];
    const id = randomUUID();
    await mine.execute(purse, id, { type: 'AddCoins', coins: 1 }, envelope());
    await theirs.execute(purse, id, { type: 'AddCoins', coins: 9 }, envelope());
    expect(receiptOf(await mine.execute(purse, id, { type: 'TakeCoins', coins: 10 }, envelope())).revision).toBe(2n);
  });

  it('fault row 2: fifty writers through five runners that know nothing of each other: dense revisions, losers told the truth', async () => {
    const id = randomUUID();
    const runners = Array.from({ length: 5 }, () => newRunner());
    await (runners[0] as CommandRunner).execute(purse, id, { type: 'AddCoins', coins: 30 }, envelope());
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_unused, index) =>
        (runners[index % 5] as CommandRunner).execute(purse, id, { type: 'TakeCoins', coins: 1 }, envelope()),
      ),
    );
    const accepted = outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? [outcome.receipt.revision] : []));
    expect(accepted.sort((a, b) => Number(a - b))).toEqual(
      Array.from({ length: 30 }, (_unused, index) => BigInt(index + 1)),
    );
    const refused = outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.refusal] : []));
    expect(refused.map(({ code, facts }) => [code, facts])).toEqual(
      Array.from({ length: 20 }, () => ['NotEnoughCoins', { coins: 0, asked: 1 }]),
    );
    expect(await newRunner().load(purse, id)).toEqual({ state: { coins: 0 }, revision: 30n });
  });

  it('fault row 1: a lost acknowledgement is resolved by reading back: one copy, the first receipt', async () => {
    const id = randomUUID();
    let lost = 0;
    const runner = newRunner((store) => losingAcknowledgements(store, () => (lost += 1) === 1));
    const receipt = receiptOf(await runner.execute(purse, id, { type: 'AddCoins', coins: 4 }, envelope()));
    expect(lost).toBe(1);
    expect(receipt.revision).toBe(0n);
    expect(await newRunner().load(purse, id)).toEqual({ state: { coins: 4 }, revision: 0n });
  });

  it('fault row 4: says that the outcome is unknown when the read-back fails too', async () => {
    const id = randomUUID();
    let down = false;
    const runner = newRunner((store) =>
      losingAcknowledgements(
        store,
        () => (down = true),
        () => down,
      ),
    );
    await expect(runner.execute(purse, id, { type: 'AddCoins', coins: 4 }, envelope())).rejects.toThrow(OutcomeUnknown);
  });
});

/** The store does its work, but the answer does not arrive. */
function losingAcknowledgements(
  store: EventStore,
  loses: () => boolean,
  readsFail: () => boolean = () => false,
): EventStore {
  return new Proxy(store, {
    get(target, property) {
      if (property === 'append')
        return async (...args: Parameters<EventStore['append']>): Promise<AppendReceipt> => {
          const receipt = await target.append(...args);
          if (loses()) throw new StoreUnavailable('append', { cause: new Error('the connection broke') });
          return receipt;
        };
      if (property === 'readStream' && readsFail())
        return async function* () {
          yield* [];
          throw new StoreUnavailable('read', { cause: new Error('still broken') });
        };
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
