import { type Principal, Rule } from '@kontor/auth';
import {
  Answer,
  Caller,
  created,
  entity,
  Envelope,
  type HttpEnvelope,
  IdParam,
  invalidField,
  listFor,
  notFound,
  pageFields,
  zCurrency,
  zEntityId,
} from '@kontor/http';
import { dunningPolicyAggregate } from '@kontor/receivables-domain';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ofLedger, zFlagText } from '../ledger/ledger.requests.ts';
import { todayOf } from '../ledger/ledger-commands.ts';
import { dunningPolicyList } from '../read-models/dunning-policies/dunning-policies.query.ts';
import { dunningCaseList } from '../read-models/lists/lists.definitions.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { policyIdOf } from '../receivables.streams.ts';
import { DunningRunner } from './dunning-runner.ts';
import { policiesOf } from './policies.ts';
import { policyView } from './policy.view.ts';
import { recordedRun } from './recorded-runs.ts';
import { policyContentOf, RunAnswer, RunBody, type RunRequest, StorePolicyBody } from './run.requests.ts';
import type { RunOrder } from './run-order.ts';
import { runsOf } from './runs.registry.ts';

const CasesQuery = z.strictObject({ ...pageFields, ...ofLedger, open: zFlagText });
const PoliciesQuery = z.strictObject({ ...pageFields, entityId: zEntityId, currency: zCurrency.optional() });

@ApiTags('dunning')
@Controller('v1/dunning')
export class DunningController {
  private readonly runner: DunningRunner;

  constructor(private readonly runtime: ServiceRuntime) {
    this.runner = new DunningRunner(runtime);
  }

  @Post('policies')
  @Rule('dunning.write')
  @ApiOperation({ summary: 'Store a dunning policy as a next version of its currency' })
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
  @ApiOperation({ summary: 'Versions of dunning policies by currency, the newest of each first' })
  async policies(@Query({ schema: PoliciesQuery }) query: z.infer<typeof PoliciesQuery>, @Caller() caller: Principal) {
    if (this.runtime.entities.find(query.entityId) === undefined)
      throw invalidField('entityId', 'is not a legal entity of this firm');
    // A policy that was stored a moment ago is the one that the next run takes: the first page shows it.
    if (query.cursor === undefined) await this.runtime.caughtUpToHead(dunningPolicyList.projection);
    return listFor(this.runtime, caller, dunningPolicyList, query);
  }

  @Get('policies/:id')
  @Rule('dunning.read')
  @ApiOperation({ summary: 'A dunning policy with all its versions' })
  async policy(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>) {
    const { state, revision } = await this.runtime.runner.load(dunningPolicyAggregate, id);
    if (state.versions.length === 0) throw notFound('dunning policy', id);
    return entity(revision, { id, items: state.versions.map(policyView) });
  }

  @Get('cases')
  @Rule('dunning.read')
  @ApiOperation({ summary: 'Dunning cases, newest first, by account, open or not' })
  cases(@Query({ schema: CasesQuery }) query: z.infer<typeof CasesQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, dunningCaseList, query);
  }

  @Post('runs')
  @Rule('dunning.run')
  @ApiOperation({
    summary: 'Decide the dates of a range, each once',
    description:
      'Dates are decided in ascending order: missed ones before the range come first, and one that lies before a decided ' +
      'one is refused (DatesOutOfOrder). ' +
      'Totals are those of the whole range, whichever call decided its dates. dryRun changes nothing. ' +
      'Prefer: respond-async answers 202 with a place to watch. The same request while it goes on joins it.',
  })
  @ApiOkResponse({ standardSchema: RunAnswer })
  async run(
    @Body({ schema: RunBody }) body: RunRequest,
    @Headers('prefer') prefer: string | undefined,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const run = await this.runner.prepare(this.orderOf(body));
    const finished = this.runner.run(run, envelope);
    if (!respondAsync(prefer)) return new Answer(await finished, 200, { 'consistency-token': await this.token() });
    // Nobody waits for it here: how it ended is kept for those who watch.
    finished.catch((error: unknown) => this.runtime.logger.info({ err: error, runId: run.runId }, 'a run ended'));
    const location = `/v1/dunning/runs/${run.runId}`;
    return new Answer({ runId: run.runId, status: 'running', location }, 202, {
      location,
      'preference-applied': 'respond-async',
    });
  }

  @Get('runs/:id')
  @Rule('dunning.read')
  @ApiOperation({ summary: 'A dunning run: how far it is, and its totals when it has finished' })
  async runStatus(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>) {
    const status = runsOf(this.runtime).status(id) ?? (await recordedRun(this.runtime, id));
    if (status === undefined) throw notFound('dunning run', id);
    return status;
  }

  /** A run's answer has its fixed shape: the token that makes a query wait for its notices is a header. */
  private async token(): Promise<string> {
    const { position } = await this.runtime.store.head();
    return `${this.runtime.name}:${position}`;
  }

  private orderOf(body: RunRequest): RunOrder {
    const { entityId, from, to, dryRun, dispatch, policy } = body;
    todayOf(this.runtime, entityId);
    const currency = policy?.currency ?? this.runtime.entities.find(entityId)?.baseCurrency ?? '';
    return {
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
