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
  requireAccount,
  requireKnownAccount,
} from '@kontor/http';
import { addDays } from '@kontor/kernel';
import { invoiceAggregate, ledgerAggregate, type PaymentPart } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { requireNearDate, todayOf } from '../ledger/ledger-commands.ts';
import { invoiceList } from '../read-models/lists/lists.definitions.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { ledgerIdOf } from '../receivables.streams.ts';
import { InvoiceBody, InvoicesQuery, MAX_TERM_DAYS } from './invoice.requests.ts';

@ApiTags('invoices')
@Controller('v1/invoices')
export class InvoiceController {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** A draft: the numbering process gives it its number and issues it. */
  @Post()
  @Rule('invoices.write')
  @ApiOperation({ summary: 'Draft an invoice without an order; it is issued with its number' })
  async draft(@Body({ schema: InvoiceBody }) body: z.infer<typeof InvoiceBody>, @Envelope() envelope: HttpEnvelope) {
    const today = todayOf(this.runtime, body.entityId);
    const { accountId, entityId, currency, terms } = body;
    requireNearDate('invoiceDate', body.invoiceDate, today);
    await requireAccount(this.runtime.access, envelope, 'invoices.write', 'receivables.read', accountId);
    await requireKnownAccount(this.runtime, accountId);
    const invoiceDate = body.invoiceDate ?? today;
    const lastDue = addDays(invoiceDate, MAX_TERM_DAYS);
    const parts = terms.parts.map(({ days = 0, dueDate, portion }, index): PaymentPart => {
      if (dueDate === undefined) return { days, portion };
      if (dueDate > lastDue) throw invalidField(`terms.parts.${index}.dueDate`, `must not be after ${lastDue}`);
      return { dueDate, portion };
    });
    const invoiceId = envelope.newId();
    const outcome = await this.runtime.runner.execute(
      invoiceAggregate,
      invoiceId,
      {
        type: 'DraftInvoice',
        invoiceId,
        accountId,
        entityId,
        currency,
        orderId: null,
        deliveryId: null,
        invoiceDate,
        lines: body.lines.map((line, index) => ({ lineId: index + 1, ...line })),
        terms: { base: terms.base, parts },
      },
      envelope,
    );
    return created(outcome, receivablesProblems, `/v1/invoices/${invoiceId}`, {});
  }

  @Get()
  @Rule('receivables.read')
  @ApiOperation({ summary: 'Invoices, newest first, by account and state; `number` finds one' })
  list(@Query({ schema: InvoicesQuery }) query: z.infer<typeof InvoicesQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, invoiceList, query);
  }

  /** The document, and what its instalments owe: facets side by side, so that none hides another. */
  @Get(':id')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'An invoice with its instalments and facets' })
  async get(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { state, revision } = await this.runtime.runner.load(invoiceAggregate, id);
    if (state.status === 'none') throw notFound('invoice', id);
    const { accountId, entityId, currency, totalMinor, ...invoice } = state.invoice;
    const rights = { principal: caller };
    await requireAccount(this.runtime.access, rights, 'receivables.read', 'receivables.read', accountId);
    const ledgerId = ledgerIdOf(entityId, currency, accountId);
    const { state: ledger } = await this.runtime.runner.load(ledgerAggregate, ledgerId);
    const items = invoice.instalments.map((part) => ({ ...part, item: ledger.items.get(part.instalmentId) }));
    const today = todayOf(this.runtime, entityId);
    const owed = items.filter(({ item }) => item !== undefined && item.openMinor > 0);
    return entity(revision, {
      id,
      number: state.status === 'issued' ? state.number : null,
      accountId,
      entityId,
      ledgerId,
      orderId: invoice.orderId,
      deliveryId: invoice.deliveryId,
      invoiceDate: invoice.invoiceDate,
      externalId: invoice.externalId,
      lines: invoice.lines,
      total: { amountMinor: totalMinor, currency },
      facets: {
        issued: state.status === 'issued',
        paid: items.every(({ item }) => item !== undefined && item.openMinor === 0),
        overdue: owed.some(({ dueDate }) => dueDate < today),
        disputed: owed.some(({ item }) => item?.disputes.some((dispute) => dispute.to === null)),
      },
      instalments: items.map(({ item, amountMinor, ...part }) => ({
        ...part,
        amount: { amountMinor, currency },
        open: { amountMinor: item?.openMinor ?? amountMinor, currency },
        level: item?.level ?? 0,
      })),
    });
  }
}
