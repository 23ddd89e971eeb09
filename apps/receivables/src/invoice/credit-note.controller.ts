import { type Principal, Rule } from '@kontor/auth';
import {
  Caller,
  created,
  entity,
  Envelope,
  type HttpEnvelope,
  IdParam,
  invalidField,
  listFor,
  notFound,
  problemOf,
  requireAccount,
} from '@kontor/http';
import { creditNoteAggregate, invoiceAggregate } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { todayOf } from '../ledger/ledger-commands.ts';
import { withReason } from '../ledger/ledger.controller.ts';
import { creditNoteList } from '../read-models/lists/lists.definitions.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { CreditNoteBody, CreditNotesQuery } from './invoice.requests.ts';

@ApiTags('credit notes')
@Controller('v1/credit-notes')
export class CreditNoteController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post()
  @Rule('invoices.write')
  @ApiOperation({ summary: 'Credit an invoice, wholly or in part; what is not open becomes credit on account' })
  async draft(
    @Body({ schema: CreditNoteBody }) body: z.infer<typeof CreditNoteBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const invoiceId = body.invoiceId ?? (await this.invoiceOf(body.invoiceNumber ?? ''));
    const { state } = await this.runtime.runner.load(invoiceAggregate, invoiceId);
    if (state.status !== 'issued') throw invalidField('invoiceId', 'is not an issued invoice');
    const { accountId, entityId, currency } = state.invoice;
    await requireAccount(this.runtime.access, envelope, 'invoices.write', 'receivables.read', accountId);
    if (body.amount.currency !== currency) throw invalidField('amount.currency', `must be ${currency}, as the invoice`);
    const businessDate = body.businessDate ?? todayOf(this.runtime, entityId);
    if (businessDate < state.invoice.invoiceDate)
      throw invalidField('businessDate', 'must not be before the invoice date');
    const creditNoteId = envelope.newId();
    const { reason } = body;
    const note = { creditNoteId, amountMinor: body.amount.amountMinor, reason, businessDate };
    // Decided on the invoice, one note after the other. Killed in between, a process drafts what was granted.
    const granted = await this.runtime.runner.execute(
      invoiceAggregate,
      invoiceId,
      { type: 'CreditInvoice', ...note },
      { ...envelope.step('credit-invoice'), reason },
    );
    if (granted.kind === 'refused') throw problemOf(granted.refusal, receivablesProblems);
    const outcome = await this.runtime.runner.execute(
      creditNoteAggregate,
      creditNoteId,
      { type: 'DraftCreditNote', ...note, invoiceId, accountId, entityId, currency },
      withReason(envelope, reason),
    );
    return created(outcome, receivablesProblems, `/v1/credit-notes/${creditNoteId}`, { invoiceId });
  }

  @Get()
  @Rule('receivables.read')
  @ApiOperation({ summary: 'Credit notes, newest first; `number` finds one' })
  list(@Query({ schema: CreditNotesQuery }) query: z.infer<typeof CreditNotesQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, creditNoteList, query);
  }

  @Get(':id')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'A credit note with its lines and what it settled' })
  async get(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { state, revision } = await this.runtime.runner.load(creditNoteAggregate, id);
    if (state.status === 'none') throw notFound('credit note', id);
    const { creditNoteId: _id, amountMinor, currency, ...note } = state.creditNote;
    const rights = { principal: caller };
    await requireAccount(this.runtime.access, rights, 'receivables.read', 'receivables.read', note.accountId);
    const number = state.status === 'issued' ? state.number : null;
    return entity(revision, { id, number, ...note, amount: { amountMinor, currency } });
  }

  private async invoiceOf(number: string): Promise<string> {
    await this.runtime.caughtUpToHead('receivables_lists');
    const { rows } = await this.runtime.pool.query<{ id: string }>(
      'select invoice_id as id from receivables.invoices where number = $1',
      [number],
    );
    const [only] = rows;
    if (only === undefined || rows.length > 1) throw invalidField('invoiceNumber', 'is not the number of one invoice');
    return only.id;
  }
}
