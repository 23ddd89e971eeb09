import { type Principal, Rule } from '@kontor/auth';
import { Caller, changed, created, Envelope, type HttpEnvelope, IdParam, invalidField, notFound } from '@kontor/http';
import { ledgerAggregate } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { ledgerOfThing, listPage } from '../read-models/lists/list.query.ts';
import { disputeList } from '../read-models/lists/lists.definitions.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { execute, knownLedger, ledgerFacts } from './ledger-commands.ts';
import { DisputeBody, DisputesQuery, PromiseBody, ResolutionBody } from './ledger.requests.ts';

/** What stops the dunning clock without resetting it: disputes and promises. */
@Controller('v1')
export class OverlayController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post('disputes')
  @Rule('disputes.write')
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
  list(@Query({ schema: DisputesQuery }) query: z.infer<typeof DisputesQuery>, @Caller() caller: Principal) {
    return listPage(this.runtime, caller, disputeList, query);
  }

  @Post('disputes/:id/resolve')
  @Rule('disputes.write')
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
