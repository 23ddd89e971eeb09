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
import { ledgerList } from '../read-models/lists/lists.definitions.ts';
import { config } from '../receivables.config.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { execute, knownLedger, ledgerFacts } from './ledger-commands.ts';
import { CreditLimitBody, LedgersQuery, PauseBody, ResumeBody, WaiverBody } from './ledger.requests.ts';
import { ledgerView } from './ledger.view.ts';

@ApiTags('ledgers')
@Controller('v1')
export class LedgerController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post('credit-limits')
  @Rule('credit.write')
  @ApiOperation({ summary: 'Set the credit limit of an account' })
  async setCreditLimit(
    @Body({ schema: CreditLimitBody }) body: z.infer<typeof CreditLimitBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const of = { ...body, currency: body.limit.currency };
    const facts = await ledgerFacts(this.runtime, envelope, 'credit.write', of, body.businessDate);
    const { ledgerId, today, ...command } = facts;
    if (facts.businessDate > today) throw invalidField('businessDate', `must not be after ${today}: set it on its day`);
    const outcome = await execute(
      this.runtime,
      ledgerId,
      { type: 'SetCreditLimit', ...command, limitMinor: body.limit.amountMinor, validUntil: body.validUntil },
      envelope,
    );
    return created(outcome, receivablesProblems, `/v1/ledgers/${ledgerId}`, {});
  }

  @Get('ledgers')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'Ledgers by account and currency' })
  list(@Query({ schema: LedgersQuery }) query: z.infer<typeof LedgersQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, ledgerList, query);
  }

  @Get('ledgers/:id')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'A ledger: limit, exposure by its parts, items, charges and overlays' })
  async get(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { state, revision } = await this.runtime.runner.load(ledgerAggregate, id);
    if (state.identity === null) throw notFound('ledger', id);
    const rights = { principal: caller };
    const { accountId } = state.identity;
    await requireAccount(this.runtime.access, rights, 'receivables.read', 'receivables.read', accountId);
    return entity(
      revision,
      ledgerView(id, state, config.exposure, this.runtime.entities.today(state.identity.entityId)),
    );
  }

  @Post('ledgers/:id/waivers')
  @HttpCode(200)
  @Rule('dunning.write')
  @ApiOperation({ summary: 'Waive a fee or interest' })
  async waive(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: WaiverBody }) body: z.infer<typeof WaiverBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { chargeId, reason } = body;
    const facts = await knownLedger(this.runtime, envelope, 'dunning.write', id, body.businessDate);
    const { state: _state, today: _today, ...command } = facts;
    const outcome = await execute(
      this.runtime,
      id,
      { type: 'WaiveCharge', ...command, chargeId, reason },
      withReason(envelope, reason),
    );
    return changed(outcome, receivablesProblems);
  }

  @Post('ledgers/:id/pauses')
  @HttpCode(200)
  @Rule('dunning.write')
  @ApiOperation({ summary: 'Pause the dunning of items until a day; levels stay' })
  async pause(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: PauseBody }) body: z.infer<typeof PauseBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { instalmentId, until, reason } = body;
    const facts = await knownLedger(this.runtime, envelope, 'dunning.write', id, body.businessDate);
    const { state: _state, today: _today, ...command } = facts;
    const outcome = await execute(
      this.runtime,
      id,
      { type: 'PauseDunning', ...command, instalmentId, until, reason },
      envelope,
    );
    return changed(outcome, receivablesProblems);
  }

  @Post('ledgers/:id/resume')
  @HttpCode(200)
  @Rule('dunning.write')
  @ApiOperation({ summary: 'Resume paused dunning' })
  async resume(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: ResumeBody }) body: z.infer<typeof ResumeBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const facts = await knownLedger(this.runtime, envelope, 'dunning.write', id, body.businessDate);
    const { state: _state, today: _today, ...command } = facts;
    const outcome = await execute(
      this.runtime,
      id,
      { type: 'ResumeDunning', ...command, instalmentId: body.instalmentId },
      envelope,
    );
    return changed(outcome, receivablesProblems);
  }
}

/** The reason of a command goes into the metadata too, where every event has its place for it. */
export function withReason(envelope: HttpEnvelope, reason: string): HttpEnvelope {
  return Object.assign(envelope, { reason });
}
