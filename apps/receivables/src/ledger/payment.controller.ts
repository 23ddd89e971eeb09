import { type Principal, Rule } from '@kontor/auth';
import {
  Caller,
  changed,
  created,
  entity,
  Envelope,
  type HttpEnvelope,
  IdParam,
  listFor,
  notFound,
  requireAccount,
} from '@kontor/http';
import { ledgerAggregate, policyOf } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ledgerOfThing } from '../read-models/lists/ledger-of-thing.query.ts';
import { paymentList } from '../read-models/lists/lists.definitions.ts';
import { policiesOf } from '../dunning/policies.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { execute, knownLedger, ledgerFacts } from './ledger-commands.ts';
import { withReason } from './ledger.controller.ts';
import { AllocateBody, PaymentBody, PaymentsQuery, ReversePaymentBody } from './ledger.requests.ts';

@ApiTags('payments')
@Controller('v1/payments')
export class PaymentController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post()
  @Rule('payments.write')
  @ApiOperation({
    summary: 'Record a payment; it is allocated by what it names, else cost, interest, principal, oldest due first',
  })
  async receive(@Body({ schema: PaymentBody }) body: z.infer<typeof PaymentBody>, @Envelope() envelope: HttpEnvelope) {
    const of = { ...body, currency: body.amount.currency };
    const facts = await ledgerFacts(this.runtime, envelope, 'payments.write', of, body.valueDate, 'valueDate');
    const { ledgerId, ...command } = facts;
    const paymentId = envelope.newId();
    const outcome = await execute(
      this.runtime,
      ledgerId,
      {
        type: 'ReceivePayment',
        ...command,
        paymentId,
        amountMinor: body.amount.amountMinor,
        reference: body.reference,
        invoiceNumbers: body.invoiceNumbers,
        orderId: body.orderId,
      },
      envelope,
    );
    return created(outcome, receivablesProblems, `/v1/payments/${paymentId}`, { ledgerId });
  }

  @Get()
  @Rule('receivables.read')
  @ApiOperation({ summary: 'Payments, newest value date first, by account' })
  list(@Query({ schema: PaymentsQuery }) query: z.infer<typeof PaymentsQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, paymentList, query);
  }

  @Get(':id')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'A payment with its allocations' })
  async get(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { ledgerId, accountId } = await this.find(id);
    const rights = { principal: caller };
    await requireAccount(this.runtime.access, rights, 'receivables.read', 'receivables.read', accountId);
    const { state, revision } = await this.runtime.runner.load(ledgerAggregate, ledgerId);
    const credit = state.credits.get(id);
    if (credit === undefined || state.identity === null) throw notFound('payment', id);
    const { currency } = state.identity;
    return entity(revision, {
      id,
      ledgerId,
      ...state.identity,
      amount: { amountMinor: credit.amountMinor, currency },
      unallocated: { amountMinor: credit.unallocatedMinor, currency },
      valueDate: credit.date,
      reversed: credit.reversed,
      allocations: credit.allocations,
    });
  }

  @Post(':id/reverse')
  @HttpCode(200)
  @Rule('payments.write')
  @ApiOperation({ summary: 'Reverse a payment; what it settled is open again' })
  async reverse(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: ReversePaymentBody }) body: z.infer<typeof ReversePaymentBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { ledgerId } = await this.find(id);
    const facts = await knownLedger(this.runtime, envelope, 'payments.write', ledgerId, body.businessDate);
    const { state: _state, ...command } = facts;
    const { reason, asError } = body;
    const casePolicies = (await policiesOf(this.runtime, facts.entityId, facts.currency)).map(policyOf);
    const outcome = await execute(
      this.runtime,
      ledgerId,
      { type: 'ReversePayment', ...command, paymentId: id, reason, asError, casePolicies },
      withReason(envelope, reason),
    );
    return changed(outcome, receivablesProblems);
  }

  @Post(':id/allocate')
  @HttpCode(200)
  @Rule('payments.write')
  @ApiOperation({ summary: 'Allocate credit on account to open items' })
  async allocate(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: AllocateBody }) body: z.infer<typeof AllocateBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { ledgerId } = await this.find(id);
    const facts = await knownLedger(this.runtime, envelope, 'payments.write', ledgerId, body.businessDate);
    const { state: _state, ...command } = facts;
    const outcome = await execute(
      this.runtime,
      ledgerId,
      {
        type: 'AllocateCredit',
        ...command,
        paymentId: id,
        invoiceNumbers: body.invoiceNumbers,
        amountMinor: body.amountMinor ?? null,
      },
      envelope,
    );
    return changed(outcome, receivablesProblems);
  }

  private async find(id: string) {
    const found = await ledgerOfThing(this.runtime, 'payments', id);
    if (found === undefined) throw notFound('payment', id);
    return found;
  }
}
