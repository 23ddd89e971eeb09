import { importedName } from '@kontor/accounts-contracts';
import {
  fieldErrors,
  type HttpEnvelope,
  zBusinessDate,
  zCurrency,
  zPositiveAmountMinor,
  zText,
  zUuid,
} from '@kontor/http';
import { decide, type Refusal } from '@kontor/kernel';
import {
  derivedId,
  differingFields,
  type ImportedFrom,
  instalmentIdOf,
  invoiceAggregate,
  type InvoiceCommand,
  ledgerAggregate,
  type LedgerCommand,
} from '@kontor/receivables-domain';
import {
  type CommandEnvelope,
  KONTOR_NAMESPACE,
  type Outcome,
  requestHash,
  type ServiceRuntime,
  uuidV5,
} from '@kontor/service';
import { z } from 'zod';
import { inParallel } from '../dunning/in-parallel.ts';
import { CONCURRENT_IMPORTS, MAX_IMPORT_ROWS } from '../receivables.config.ts';
import { ledgerIdOf } from '../receivables.streams.ts';

const SYSTEM = 'receivables';
/** What a later import may bring for an invoice that was open, or not disputed, before. */
const MAY_ADVANCE = ['settledDate', 'disputed'];

/** Rows are looked at one by one: a bad one is rejected by itself, and the others go on. */
export const InvoiceImportBody = z
  .strictObject({
    runId: zUuid,
    date: zBusinessDate,
    update: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    rows: z
      .array(z.looseObject({ line: z.number().int().min(1) }))
      .min(1, 'must not be empty')
      .max(MAX_IMPORT_ROWS, `must have at most ${MAX_IMPORT_ROWS} rows`),
  })
  .meta({ id: 'ImportInvoicesRequest' });
type ImportRequest = z.infer<typeof InvoiceImportBody>;

const InvoiceRow = z
  .strictObject({
    line: z.number().int().min(1),
    number: zText(100),
    accountNumber: zText(100),
    invoiceDate: zBusinessDate,
    dueDate: zBusinessDate,
    amountMinor: zPositiveAmountMinor,
    currency: zCurrency,
    disputed: z.boolean(),
    settledDate: zBusinessDate.nullable(),
  })
  .refine((row) => row.dueDate >= row.invoiceDate, { path: ['dueDate'], message: 'lies before the invoice date' })
  .refine((row) => row.settledDate === null || row.settledDate >= row.invoiceDate, {
    path: ['settledDate'],
    message: 'lies before the invoice date',
  });
type Row = z.infer<typeof InvoiceRow>;

export interface RowResult {
  readonly line: number;
  readonly outcome: 'accepted' | 'already-known' | 'rejected';
  readonly code?: string;
  readonly field?: string;
  readonly sentence?: string;
}

interface RowOutcome {
  readonly result: RowResult;
  /** How far the log was written for it; null: nothing was. */
  readonly position: bigint | null;
}

const ENTITY = 'main';

/**
 * Invoices of a file with what became of them: the document with its own number, its one item, a dispute from the invoice
 * date to the settled date, and one payment of the whole on the settled date. Every step has a command id of its own,
 * derived from the invoice, so that an import that was killed goes on where it was, and a second one adds nothing.
 */
export class InvoiceImport {
  constructor(private readonly runtime: ServiceRuntime) {}

  async run(body: ImportRequest, envelope: HttpEnvelope) {
    const outcomes = new Map<number, RowOutcome>();
    const byAccount = new Map<string, { index: number; row: Row }[]>();
    for (const [index, raw] of body.rows.entries()) {
      const parsed = InvoiceRow.safeParse(raw);
      if (!parsed.success) {
        const [first] = fieldErrors(parsed.error.issues);
        const field = first?.field ?? '';
        outcomes.set(index, rejected(raw.line, 'InvalidRow', `${field}: ${first?.reason ?? 'is not right'}.`, field));
        continue;
      }
      const rows = byAccount.get(parsed.data.accountNumber) ?? [];
      rows.push({ index, row: parsed.data });
      byAccount.set(parsed.data.accountNumber, rows);
    }
    // Rows of one account share a ledger and go one after the other; accounts go side by side.
    await inParallel([...byAccount.values()], CONCURRENT_IMPORTS, async (rows) => {
      for (const { index, row } of rows) outcomes.set(index, await this.importRow(row, body, envelope));
    });
    const ordered = body.rows.map((_row, index) => outcomes.get(index) as RowOutcome);
    const last = ordered.reduce<bigint | null>(
      (max, { position }) => (position !== null && (max === null || position > max) ? position : max),
      null,
    );
    return {
      rows: ordered.map(({ result }) => result),
      consistencyToken: last === null ? null : `${this.runtime.name}:${last}`,
    };
  }

  private async importRow(row: Row, body: ImportRequest, envelope: HttpEnvelope): Promise<RowOutcome> {
    const { number, currency, invoiceDate, dueDate, amountMinor } = row;
    const invoiceId = uuidV5(KONTOR_NAMESPACE, importedName(SYSTEM, 'invoice', number));
    const accountId = uuidV5(KONTOR_NAMESPACE, importedName(SYSTEM, 'account', row.accountNumber));
    const source: ImportedFrom = { system: SYSTEM, identity: number, content: contentOf(row) };
    const command = {
      type: 'RecordImportedInvoice',
      invoiceId,
      accountId,
      entityId: ENTITY,
      currency,
      invoiceDate,
      number,
      dueDate,
      amountMinor,
      source,
      mayAdvance: body.update ? MAY_ADVANCE : [],
    } as const;
    if (body.dryRun) return this.tryRow(row, command);

    const send = (commandId: string, on: string): CommandEnvelope => ({
      commandId,
      requestHash: '',
      actor: envelope.actor,
      origin: 'import',
      correlationId: body.runId,
      occurredAt: `${on}T00:00:00.000Z`,
    });
    const recorded = await this.runtime.runner.execute(
      invoiceAggregate,
      invoiceId,
      command,
      // What the source says later is another step: it must not be answered with the receipt of the first.
      send(uuidV5(invoiceId, `invoice|${requestHash(source.content)}`), invoiceDate),
    );
    if (recorded.kind === 'refused') return refused(row.line, recorded.refusal);
    if (recorded.repeated) {
      // This content was recorded once; a later one may have taken its place since.
      const { state } = await this.runtime.runner.load(invoiceAggregate, invoiceId);
      const known = state.status === 'issued' ? (state.source?.content ?? {}) : {};
      const differing = differingFields(known, source.content);
      if (differing.length > 0) return differs(row.line, differing);
    }
    let position = positionOf(recorded);
    const ledgerId = ledgerIdOf(ENTITY, currency, accountId);
    for (const step of stepsOf(row, invoiceId, accountId, this.runtime.entities.today(ENTITY))) {
      const outcome = await this.runtime.runner.execute(
        ledgerAggregate,
        ledgerId,
        step.command,
        send(uuidV5(invoiceId, step.name), step.command.businessDate),
      );
      if (outcome.kind === 'refused') return refused(row.line, outcome.refusal);
      position = positionOf(outcome) ?? position;
    }
    return { result: { line: row.line, outcome: position === null ? 'already-known' : 'accepted' }, position };
  }

  /** The same decision, and nothing is recorded. */
  private async tryRow(row: Row, command: InvoiceCommand & { readonly invoiceId: string }): Promise<RowOutcome> {
    const { state } = await this.runtime.runner.load(invoiceAggregate, command.invoiceId);
    const decision = decide(invoiceAggregate.decider, command, state);
    if (decision.kind === 'refused') return refused(row.line, decision.refusal);
    const outcome = decision.events.length > 0 ? 'accepted' : 'already-known';
    return { result: { line: row.line, outcome }, position: null };
  }
}

function stepsOf(
  row: Row,
  invoiceId: string,
  accountId: string,
  today: string,
): readonly { readonly name: string; readonly command: LedgerCommand }[] {
  const { number, invoiceDate, dueDate, settledDate, amountMinor, currency } = row;
  const facts = { accountId, entityId: ENTITY, currency };
  const instalmentId = instalmentIdOf(invoiceId, 1);
  const disputeId = derivedId(invoiceId, 'dispute');
  const steps: { name: string; command: LedgerCommand }[] = [
    {
      name: 'open-items',
      command: {
        type: 'OpenItems',
        ...facts,
        businessDate: invoiceDate,
        invoiceId,
        invoiceNumber: number,
        invoiceDate,
        deliveryId: null,
        externalId: number,
        instalments: [{ instalmentId, ordinal: 1, dueDate, amountMinor }],
      },
    },
  ];
  if (row.disputed)
    steps.push({
      name: 'dispute',
      command: {
        type: 'RaiseDispute',
        ...facts,
        businessDate: invoiceDate,
        disputeId,
        instalmentId,
        amountMinor: null,
        reason: 'imported as disputed',
        ownerId: null,
        deadline: null,
      },
    });
  if (settledDate === null) return steps;
  steps.push({
    name: 'payment',
    command: {
      type: 'ReceivePayment',
      ...facts,
      businessDate: settledDate,
      paymentId: derivedId(invoiceId, 'payment'),
      amountMinor,
      reference: number,
      invoiceNumbers: [number],
      today,
    },
  });
  if (row.disputed)
    steps.push({
      name: 'resolve',
      command: { type: 'ResolveDispute', ...facts, businessDate: settledDate, disputeId, outcome: 'settled' },
    });
  return steps;
}

/** What is kept to compare a later import with, in the words of the row. */
function contentOf(row: Row): { readonly [field: string]: string } {
  return {
    accountNumber: row.accountNumber,
    invoiceDate: row.invoiceDate,
    dueDate: row.dueDate,
    amountMinor: String(row.amountMinor),
    currency: row.currency,
    disputed: row.disputed ? 'Yes' : 'No',
    settledDate: row.settledDate ?? '',
  };
}

/** Null: a repeat, or nothing to do. */
function positionOf(outcome: Extract<Outcome, { kind: 'accepted' }>): bigint | null {
  return !outcome.repeated && outcome.events.length > 0 ? outcome.receipt.position : null;
}

function differs(line: number, fields: readonly string[]): RowOutcome {
  const names = fields.join(', ');
  return rejected(line, 'DiffersFromKnown', `It was imported before with another ${names}.`, names);
}

function refused(line: number, refusal: Refusal): RowOutcome {
  const { fields } = refusal.facts;
  if (refusal.code === 'DiffersFromKnown' && Array.isArray(fields)) return differs(line, fields.map(String));
  return rejected(line, refusal.code, refusal.sentence);
}

function rejected(line: number, code: string, sentence: string, field?: string): RowOutcome {
  return {
    result: { line, outcome: 'rejected', code, sentence, ...(field === undefined ? {} : { field }) },
    position: null,
  };
}
