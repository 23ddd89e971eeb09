import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSerializer, fixedKeyVault, PostgresEventStore } from '@kontor/event-store';
import { numberRangeAggregate, numberRangeKey } from '@kontor/receivables-domain';
import { type CommandEnvelope, CommandRunner, uuidV5 } from '@kontor/service';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { idOfKey } from '../receivables.streams.ts';

const SCHEMA = 'receivables_log';
const PATIENCE_MS = 120_000;
const document = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;

/** A process of its own as far as the range is concerned: its own store, its own folded streams. */
function processOn({ pool }: TestDatabase): { store: PostgresEventStore; runner: CommandRunner } {
  const store = new PostgresEventStore({ pool, schema: SCHEMA });
  const serializer = new EventSerializer([numberRangeAggregate.codec], fixedKeyVault());
  return { store, runner: new CommandRunner('receivables', store, serializer) };
}

describe('numbers of invoices and credit notes', () => {
  let database: TestDatabase;
  let processes: readonly ReturnType<typeof processOn>[];
  beforeAll(async () => {
    database = await testDatabase();
    await PostgresEventStore.migrate(database.pool, SCHEMA);
    processes = [processOn(database), processOn(database)];
  }, PATIENCE_MS);
  afterAll(async () => {
    for (const { store } of processes) await store.close();
    await database.drop();
  });

  /** As the numbering process asks, in two processes at once: the id of the command follows from the document. */
  const ask = ({ runner }: { runner: CommandRunner }, kind: 'invoice' | 'credit-note', year: number, n: number) => {
    const envelope: CommandEnvelope = {
      ...{ commandId: uuidV5(document(n), `${kind}|assign-number`), requestHash: '', correlationId: document(n) },
      ...{ actor: 'process:InvoiceNumbering', origin: 'process', occurredAt: '2026-03-01T00:00:00.000Z' },
    };
    return runner.execute(
      numberRangeAggregate,
      idOfKey('number-range', numberRangeKey('main', kind, year)),
      { type: 'AssignNumber', entityId: 'main', kind, year, documentId: document(n) },
      envelope,
    );
  };

  it(
    'R-01: are unbroken per kind and year, one for each document, whatever is asked at once and twice',
    async () => {
      const ranges = [
        ['invoice', 2026],
        ['invoice', 2027],
        ['credit-note', 2026],
      ] as const;
      const documents = Array.from({ length: 20 }, (_, n) => n + 1);
      await Promise.all(
        ranges.flatMap(([kind, year], range) =>
          documents.flatMap((n) => processes.map((each) => ask(each, kind, year, 100 * range + n))),
        ),
      );
      for (const [range, [kind, year]] of ranges.entries()) {
        const numbers: string[] = [];
        const numbered = new Set<string>();
        const stream = `numberRange-${idOfKey('number-range', numberRangeKey('main', kind, year))}`;
        for await (const { data } of processes[0]?.store.readStream(stream) ?? []) {
          const assigned = JSON.parse(Buffer.from(data).toString('utf8')) as { number: string; documentId: string };
          const { number, documentId } = assigned;
          numbers.push(number);
          numbered.add(documentId);
        }
        const prefix = kind === 'invoice' ? 'INV' : 'CN';
        expect(numbers).toEqual(documents.map((n) => `${prefix}-${year}-${String(n).padStart(5, '0')}`));
        expect([...numbered].sort()).toEqual(documents.map((n) => document(100 * range + n)));
      }
    },
    PATIENCE_MS,
  );
});
