import {
  accountAggregate,
  type OpenedOpportunity,
  opportunityAggregate,
  type OpportunityCommand,
  type PipelineVersion,
} from '@kontor/accounts-domain';
import { changed, type HttpEnvelope, notFound } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Injectable } from '@nestjs/common';
import { accountsProblems } from '../accounts.problems.ts';
import { Pipelines } from '../pipeline/pipelines.ts';
import { requireOwned } from '../rights.ts';

const RIGHTS = { write: 'opportunities.write', read: 'opportunities.read' } as const;
const CLIENT = { write: 'opportunities.write', read: 'accounts.read' } as const;

/** What every command on an opened deal has in common: whose it is, and the pipeline version to which it is pinned. */
@Injectable()
export class OpportunityHandlers {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly pipelines: Pipelines,
  ) {}

  async run(
    id: string,
    envelope: HttpEnvelope,
    command: (pipeline: PipelineVersion) => OpportunityCommand,
    reason?: string,
  ) {
    const { deal } = await this.opened(id);
    await requireOwned(this.runtime, envelope, RIGHTS, 'opportunity', id, deal.owner.ownerId);
    const pipeline = await this.pipelines.version(deal.pipelineId, deal.pipelineVersion);
    const outcome = await this.runtime.runner.execute(opportunityAggregate, id, command(pipeline), {
      ...envelope,
      ...(reason !== undefined && reason !== '' && { reason }),
    });
    return changed(outcome, accountsProblems);
  }

  /** A deal is opened for a client of one's own: a foreign account is refused before anything is said about it. */
  async forClient(envelope: HttpEnvelope, accountId: string | null): Promise<{ accountIsRegistered: boolean }> {
    if (accountId === null) return { accountIsRegistered: false };
    const { state } = await this.runtime.runner.load(accountAggregate, accountId);
    if (state === undefined) return { accountIsRegistered: false };
    await requireOwned(this.runtime, envelope, CLIENT, 'account', accountId, state.ownerId);
    return { accountIsRegistered: true };
  }

  async opened(id: string): Promise<{ deal: OpenedOpportunity; revision: bigint }> {
    const { state, revision } = await this.runtime.runner.load(opportunityAggregate, id);
    if (state === undefined) throw notFound('opportunity', id);
    return { deal: state, revision };
  }
}
