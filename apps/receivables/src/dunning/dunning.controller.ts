import { type Principal, Rule } from '@kontor/auth';
import { Answer, Caller, created, Envelope, type HttpEnvelope, IdParam, invalidField, notFound } from '@kontor/http';
import { daysBetween } from '@kontor/kernel';
import { dunningPolicyAggregate } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { pageFields, zCurrency, zEntityId } from '@kontor/http';
import { z } from 'zod';
import { ofLedger, zFlagText } from '../ledger/ledger.requests.ts';
import { todayOf } from '../ledger/ledger-commands.ts';
import { listPage } from '../read-models/lists/list.query.ts';
import { dunningCaseList } from '../read-models/lists/lists.definitions.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { policyIdOf } from '../receivables.streams.ts';
import { DunningRunner, type RunOrder } from './dunning-runner.ts';
import { policiesOf } from './policies.ts';
import { policyView } from './policy.view.ts';
import { policyContentOf, RunAnswer, RunBody, type RunRequest, StorePolicyBody } from './run.requests.ts';
import { RunsRegistry } from './runs.registry.ts';

const CasesQuery = z.strictObject({ ...pageFields, ...ofLedger, open: zFlagText });
const PoliciesQuery = z.strictObject({ entityId: zEntityId, currency: zCurrency.optional() });

@ApiTags('dunning')
@Controller('v1/dunning')
export class DunningController {
  private readonly runner: DunningRunner;

  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly runs: RunsRegistry,
  ) {
    this.runner = new DunningRunner(runtime);
  }

  @Post('policies')
  @Rule('dunning.write')
  async storePolicy(
    @Body({ schema: StorePolicyBody }) body: z.infer<typeof StorePolicyBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { entityId, policy } = body;
    todayOf(this.runtime, entityId);
    const { currency } = policy;
    const policyId = policyIdOf(entityId, currency);
    const content = policyContentOf({ name: 'stored', ...policy });
    const outcome = await this.runtime.runner.execute(
      dunningPolicyAggregate,
      policyId,
      { type: 'StorePolicy', policyId, entityId, currency, ...content },
      envelope,
    );
    const versions = await policiesOf(this.runtime, entityId, currency);
    return created(outcome, receivablesProblems, `/v1/dunning/policies/${policyId}`, { versions: versions.length });
  }

  @Get('policies')
  @Rule('dunning.read')
  async policies(@Query({ schema: PoliciesQuery }) query: z.infer<typeof PoliciesQuery>) {
    const found = this.runtime.entities.find(query.entityId);
    if (found === undefined) throw invalidField('entityId', 'is not a legal entity of this firm');
    const versions = await policiesOf(this.runtime, query.entityId, query.currency ?? found.baseCurrency);
    return { items: versions.map(policyView) };
  }

  @Get('policies/:id')
  @Rule('dunning.read')
  async policy(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>) {
    const { state } = await this.runtime.runner.load(dunningPolicyAggregate, id);
    if (state.versions.length === 0) throw notFound('dunning policy', id);
    return { items: state.versions.map(policyView) };
  }

  @Get('cases')
  @Rule('dunning.read')
  cases(@Query({ schema: CasesQuery }) query: z.infer<typeof CasesQuery>, @Caller() caller: Principal) {
    return listPage(this.runtime, caller, dunningCaseList, query);
  }

  @Post('runs')
  @Rule('dunning.run')
  @ApiOperation({
    summary: 'Decide the dates of a range, each once',
    description:
      'Totals are those of the whole range, whichever call decided its dates. dryRun changes nothing. ' +
      'Prefer: respond-async answers 202 with a place to watch.',
  })
  @ApiOkResponse({ standardSchema: RunAnswer })
  async run(
    @Body({ schema: RunBody }) body: RunRequest,
    @Headers('prefer') prefer: string | undefined,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const order = this.orderOf(body, envelope.newId('dunning-run'));
    this.runner.check(order);
    const progress = this.runs.begin(order.runId, body.from, body.to, daysBetween(body.from, body.to) + 1);
    const finished = this.runner.run(order, envelope, progress).then(
      (result) => {
        this.runs.finished(order.runId, result);
        return result;
      },
      (error: unknown) => {
        this.runs.failed(order.runId, error);
        throw error;
      },
    );
    if (!respondAsync(prefer)) return new Answer(await finished, 200, { 'consistency-token': await this.token() });
    // Nobody waits for it here: how it ended is kept for those who watch.
    finished.catch((error: unknown) => this.runtime.logger.info({ err: error, runId: order.runId }, 'a run ended'));
    const location = `/v1/dunning/runs/${order.runId}`;
    return new Answer({ runId: order.runId, status: 'running', location }, 202, {
      location,
      'preference-applied': 'respond-async',
    });
  }

  @Get('runs/:id')
  @Rule('dunning.read')
  runStatus(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>) {
    const status = this.runs.status(id);
    if (status === undefined) throw notFound('dunning run', id);
    return status;
  }

  /** A run's answer has its fixed shape: the token that makes a query wait for its notices is a header. */
  private async token(): Promise<string> {
    const { position } = await this.runtime.store.head();
    return `${this.runtime.name}:${position}`;
  }

  private orderOf(body: RunRequest, runId: string): RunOrder {
    const { entityId, from, to, dryRun, dispatch, policy } = body;
    todayOf(this.runtime, entityId);
    const currency = policy?.currency ?? this.runtime.entities.find(entityId)?.baseCurrency ?? '';
    return {
      runId,
      entityId,
      from,
      to,
      dryRun,
      dispatch,
      currency,
      content: policy === undefined ? null : policyContentOf(policy),
    };
  }
}

/** RFC 7240: `Prefer: respond-async`, alone or among others. */
function respondAsync(prefer: string | undefined): boolean {
  return (prefer ?? '').split(',').some((part) => part.trim().split(';')[0]?.trim().toLowerCase() === 'respond-async');
}
