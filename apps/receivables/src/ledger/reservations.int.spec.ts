import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSerializer, fixedKeyVault, PostgresEventStore } from '@kontor/event-store';
import { ledgerAggregate, type LedgerCommand } from '@kontor/receivables-domain';
import { type CommandEnvelope, CommandRunner } from '@kontor/service';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { ledgerIdOf } from '../receivables.streams.ts';

const ACCOUNT = '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a01';
const LEDGER = ledgerIdOf('main', 'EUR', ACCOUNT);
const SCHEMA = 'receivables_log';
const facts = { accountId: ACCOUNT, entityId: 'main', currency: 'EUR', businessDate: '2026-03-01' };
const numbered = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const envelope = (n: number): CommandEnvelope => ({
  commandId: numbered(n),
  requestHash: '',
  actor: 'process:CreditReservation',
  origin: 'process',
  correlationId: numbered(n),
  occurredAt: '2026-03-01T00:00:00.000Z',
});
const reserve = (order: number): LedgerCommand => ({
  type: 'ReserveCredit',
  ...facts,
  orderId: numbered(order),
  attempt: 1,
  amountMinor: 900,
  withoutLimit: 'zero',
});

/** A process of its own as far as the ledger is concerned: its own store, its own folded streams. */
function runnerOn({ pool }: TestDatabase): { store: PostgresEventStore; runner: CommandRunner } {
  const store = new PostgresEventStore({ pool, schema: SCHEMA });
  const serializer = new EventSerializer([ledgerAggregate.codec], fixedKeyVault());
  return { store, runner: new CommandRunner('receivables', store, serializer) };
}

describe('credit reservations in the store', () => {
  let database: TestDatabase;
  let processes: readonly ReturnType<typeof runnerOn>[];
  beforeAll(async () => {
    database = await testDatabase();
    await PostgresEventStore.migrate(database.pool, SCHEMA);
    processes = [runnerOn(database), runnerOn(database)];
  });
  afterAll(async () => {
    for (const { store } of processes) await store.close();
    await database.drop();
  });

  it('R-03: fifty orders at once, from two processes and each sent twice, never exceed the limit together', async () => {
    const [one, other] = processes.map(({ runner }) => runner) as [CommandRunner, CommandRunner];
    const limit: LedgerCommand = { type: 'SetCreditLimit', ...facts, limitMinor: 10_000, validUntil: null };
    await one.execute(ledgerAggregate, LEDGER, limit, envelope(1));
    const orders = Array.from({ length: 50 }, (_, n) => 100 + n);
    await Promise.all(
      orders.flatMap((order, n) =>
        // Redelivered to the other process while the first still works at it.
        (n % 2 === 0 ? [one, other] : [other, one]).map((runner) =>
          runner.execute(ledgerAggregate, LEDGER, reserve(order), envelope(order)),
        ),
      ),
    );
    const types: string[] = [];
    const commands = new Set<string>();
    for await (const { type, metadata } of processes[0]?.store.readStream(`ledger-${LEDGER}`) ?? []) {
      types.push(type);
      commands.add(metadata.commandId);
    }
    const answered = (name: string) => types.filter((type) => type === `receivables.${name}.v1`).length;
    expect([answered('CreditReserved'), answered('CreditRefused'), commands.size]).toEqual([11, 39, 51]);
    for (const runner of [one, other]) {
      const { state, revision } = await runner.load(ledgerAggregate, LEDGER);
      expect([state.totals.reservedMinor, state.reservations.size, revision]).toEqual([9_900, 11, 50n]);
    }
  });
});
