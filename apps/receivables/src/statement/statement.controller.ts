import { createHash } from 'node:crypto';
import { type Principal, Rule } from '@kontor/auth';
import {
  Answer,
  Caller,
  changed,
  Envelope,
  type HttpEnvelope,
  IdParam,
  invalidField,
  notFound,
  refuseFuture,
  requireAccount,
} from '@kontor/http';
import { ledgerAggregate, statementText } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { execute, knownLedger } from '../ledger/ledger-commands.ts';
import { addresseeOf } from '../read-models/ledger-directory/ledger-directory.query.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { ledgerStatement } from './ledger-statement.ts';
import { ConfirmationBody, StatementQuery } from './statement.requests.ts';
import { statementView } from './statement.view.ts';

/** The reconciliation act of an account in one currency. */
@ApiTags('statements of account')
@Controller('v1/ledgers/:id')
export class StatementController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get('statement')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'Statement of account: opening balance, every movement, closing balance' })
  async get(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Query({ schema: StatementQuery }) asked: z.infer<typeof StatementQuery>,
    @Caller() caller: Principal,
  ) {
    const identity = await this.identity(id, caller);
    const found = await this.statement(id, identity, asked);
    const { from, to } = found.statement;
    const body = { ...statementView(id, identity, found), revision: found.revision.toString() };
    // Not the revision alone: without dates the period is another one tomorrow.
    return new Answer(body, 200, { etag: `"${found.revision}-${from}-${to}"` });
  }

  @Get('statement/content')
  @Rule('receivables.read')
  @ApiOperation({ summary: 'The same as a text to send; its hash is in x-content-hash' })
  async content(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Query({ schema: StatementQuery }) asked: z.infer<typeof StatementQuery>,
    @Caller() caller: Principal,
  ) {
    const identity = await this.identity(id, caller);
    const { statement } = await this.statement(id, identity, asked);
    const { accountId, entityId, currency } = identity;
    const { accountNumber, accountName } = await addresseeOf(this.runtime.pool, accountId);
    const text = statementText({
      firmName: this.runtime.entities.find(entityId)?.name ?? entityId,
      accountNumber,
      accountName,
      currency,
      date: this.runtime.entities.today(entityId),
      statement,
    });
    return new Answer(text, 200, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-hash': createHash('sha256').update(text, 'utf8').digest('hex'),
    });
  }

  @Post('statement-confirmations')
  @HttpCode(200)
  @Rule('disputes.write')
  @ApiOperation({ summary: 'Record what the client answered to a statement of account' })
  async confirm(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: ConfirmationBody }) body: z.infer<typeof ConfirmationBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { from, to, confirmed, contactId, evidence, revision: sent } = body;
    const facts = await knownLedger(this.runtime, envelope, 'disputes.write', id, body.businessDate);
    const { state: _state, today: _today, ...command } = facts;
    if (confirmed.currency !== facts.currency) throw invalidField('confirmed.currency', `must be ${facts.currency}`);
    const last = sent === undefined ? undefined : BigInt(sent);
    const { statement, revision } = await ledgerStatement(this.runtime, id, { from, to, revision: last });
    if (last !== undefined && revision !== last) throw invalidField('revision', `must not be after ${revision}`);
    const confirmationId = envelope.newId();
    const { closingMinor } = statement;
    const confirmedMinor = confirmed.amountMinor;
    const answer = { confirmationId, from, to, closingMinor, ledgerRevision: Number(revision), confirmedMinor };
    const outcome = await execute(
      this.runtime,
      id,
      { type: 'ConfirmStatement', ...command, ...answer, contactId, evidence },
      envelope,
    );
    const money = (amountMinor: number) => ({ amountMinor, currency: facts.currency });
    return changed(outcome, receivablesProblems, {
      confirmationId,
      closing: money(closingMinor),
      difference: money(closingMinor - confirmedMinor),
    });
  }

  private statement(
    id: string,
    { entityId }: { readonly entityId: string },
    { from, to, asKnownAt }: z.infer<typeof StatementQuery>,
  ) {
    const last = to ?? this.runtime.entities.today(entityId);
    const first = from ?? `${last.slice(0, 'YYYY-MM'.length)}-01`;
    if (last < first) throw invalidField('to', 'must not be before from');
    if (asKnownAt !== undefined) refuseFuture(asKnownAt, this.runtime.clock.now());
    return ledgerStatement(this.runtime, id, { from: first, to: last, asKnownAt });
  }

  private async identity(id: string, caller: Principal) {
    const { state } = await this.runtime.runner.load(ledgerAggregate, id);
    const { identity } = state;
    if (identity === null) throw notFound('ledger', id);
    const rights = { principal: caller };
    await requireAccount(this.runtime.access, rights, 'receivables.read', 'receivables.read', identity.accountId);
    return identity;
  }
}
