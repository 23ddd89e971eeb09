import { type Principal, Rule } from '@kontor/auth';
import {
  Caller,
  changed,
  created,
  entity,
  Envelope,
  type HttpEnvelope,
  IdParam,
  invalidField,
  listFor,
  notFound,
  requireAccount,
} from '@kontor/http';
import { ledgerAggregate } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ledgerOfThing } from '../read-models/lists/ledger-of-thing.query.ts';
import { disputeList, promiseList } from '../read-models/lists/lists.definitions.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { execute, knownLedger, ledgerFacts } from './ledger-commands.ts';
import { DisputeBody, DisputesQuery, PromiseBody, PromisesQuery, ResolutionBody } from './ledger.requests.ts';

/** What stops the dunning clock without resetting it: disputes and promises. */
@ApiTags('disputes and promises')
@Controller('v1')
export class OverlayController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post('disputes')
  @Rule('disputes.write')
  @ApiOperation({ summary: 'Dispute an instalment, wholly or in part' })
  async raise(@Body({ schema: DisputeBody }) body: z.infer<typeof DisputeBody>, @Envelope() envelope: HttpEnvelope) {
    const facts = await ledgerFacts(this.runtime, envelope, 'disputes.write', body, body.businessDate);
    const { ledgerId, today: _today, ...command } = facts;
    const instalmentId = body.instalmentId ?? (await this.instalmentOf(ledgerId, body.invoiceNumber ?? ''));
    const disputeId = envelope.newId();
    const { amountMinor, reason, ownerId, deadline } = body;
    const outcome = await execute(
      this.runtime,
      ledgerId,
      { type: 'RaiseDispute', ...command, disputeId, instalmentId, amountMinor, reason, ownerId, deadline },
      envelope,
    );
    return created(outcome, receivablesProblems, `/v1/disputes/${disputeId}`, { ledgerId });
  }

  @Get('disputes')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'Disputes, newest first, by account' })
  list(@Query({ schema: DisputesQuery }) query: z.infer<typeof DisputesQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, disputeList, query);
  }

  @Get('disputes/:id')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'A dispute with its outcome' })
  async dispute(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { state, revision, ledgerId } = await this.ledgerOf('disputes', id, caller);
    for (const item of state.items.values()) {
      const found = item.disputes.find(({ disputeId }) => disputeId === id);
      if (found === undefined) continue;
      const { amountMinor, reason, from, to } = found;
      const { instalmentId, invoiceNumber } = item;
      const about = { id, ledgerId, ...state.identity, instalmentId, invoiceNumber };
      return entity(revision, { ...about, amountMinor, reason, raisedOn: from, resolvedOn: to });
    }
    throw notFound('dispute', id);
  }

  @Post('disputes/:id/resolve')
  @HttpCode(200)
  @Rule('disputes.write')
  @ApiOperation({ summary: 'Resolve a dispute with its outcome' })
  async resolve(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: ResolutionBody }) body: z.infer<typeof ResolutionBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const found = await ledgerOfThing(this.runtime, 'disputes', id);
    if (found === undefined) throw notFound('dispute', id);
    const facts = await knownLedger(this.runtime, envelope, 'disputes.write', found.ledgerId, body.businessDate);
    const { state: _state, today: _today, ...command } = facts;
    const outcome = await execute(
      this.runtime,
      found.ledgerId,
      { type: 'ResolveDispute', ...command, disputeId: id, outcome: body.outcome },
      envelope,
    );
    return changed(outcome, receivablesProblems);
  }

  @Post('promises')
  @Rule('disputes.write')
  @ApiOperation({ summary: 'Record a promise to pay: amount, day, days of grace' })
  async promise(@Body({ schema: PromiseBody }) body: z.infer<typeof PromiseBody>, @Envelope() envelope: HttpEnvelope) {
    const of = { ...body, currency: body.amount.currency };
    const facts = await ledgerFacts(this.runtime, envelope, 'disputes.write', of, body.businessDate);
    const { ledgerId, today: _today, ...command } = facts;
    const promiseId = envelope.newId();
    const { instalmentIds, promisedOn, graceDays } = body;
    const outcome = await execute(
      this.runtime,
      ledgerId,
      {
        type: 'MakePromise',
        ...command,
        promiseId,
        instalmentIds,
        amountMinor: body.amount.amountMinor,
        promisedOn,
        graceDays,
      },
      envelope,
    );
    return created(outcome, receivablesProblems, `/v1/promises/${promiseId}`, { ledgerId });
  }

  @Get('promises')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'Promises to pay, newest first, by account' })
  promises(@Query({ schema: PromisesQuery }) query: z.infer<typeof PromisesQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, promiseList, query);
  }

  @Get('promises/:id')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'A promise to pay: kept, broken or open' })
  async promiseById(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { state, revision, ledgerId } = await this.ledgerOf('promises', id, caller);
    const found = state.promises.get(id);
    if (found === undefined) throw notFound('promise', id);
    const { instalmentIds, amountMinor, madeOn, promisedOn, graceDays, status } = found;
    const amount = { amountMinor, currency: state.identity?.currency ?? '' };
    const promise = { instalmentIds, madeOn, promisedOn, graceDays, status };
    return entity(revision, { id, ledgerId, ...state.identity, amount, ...promise });
  }

  private async ledgerOf(table: 'disputes' | 'promises', id: string, principal: Principal) {
    const found = await ledgerOfThing(this.runtime, table, id);
    if (found === undefined) throw notFound(table === 'disputes' ? 'dispute' : 'promise', id);
    const { access } = this.runtime;
    await requireAccount(access, { principal }, 'receivables.read', 'receivables.read', found.accountId);
    return { ledgerId: found.ledgerId, ...(await this.runtime.runner.load(ledgerAggregate, found.ledgerId)) };
  }

  /** An invoice with several instalments must be disputed by instalment: which part is meant is the client's to say. */
  private async instalmentOf(ledgerId: string, invoiceNumber: string): Promise<string> {
    const { state } = await this.runtime.runner.load(ledgerAggregate, ledgerId);
    const items = state.items.values().filter((item) => item.invoiceNumber === invoiceNumber);
    const [only] = items;
    if (only === undefined) throw invalidField('invoiceNumber', 'is not an invoice of this ledger');
    if (items.length > 1) throw invalidField('invoiceNumber', 'has several instalments: name the instalment');
    return only.instalmentId;
  }
}
