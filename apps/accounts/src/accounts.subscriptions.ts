import { accessProjection } from '@kontor/auth';
import { service } from '@kontor/accounts-contracts';
import {
  accountAggregate,
  erasureAggregate,
  importRunAggregate,
  numberClaimAggregate,
  numberRangeAggregate,
  opportunityAggregate,
  pipelineAggregate,
  staffAggregate,
} from '@kontor/accounts-domain';
import type { ServiceDefinition } from '@kontor/service';
import { AccountsModule } from './accounts.module.ts';
import { recordDestroyedKeys } from './erasure/erasures.ts';
import { accountsPublication } from './outbound/accounts.publication.ts';
import { defineShippedPipelines } from './pipeline/pipelines.ts';
import { accountDirectory } from './read-models/account-directory/account-directory.projection.ts';
import { opportunityList } from './read-models/opportunity-list/opportunity-list.projection.ts';
import { staffDirectory } from './read-models/staff-directory/staff-directory.projection.ts';

/** THE list: everything that accounts folds, publishes, projects and does by itself. */
export const accountsService: ServiceDefinition = {
  name: service,
  aggregates: [
    accountAggregate,
    opportunityAggregate,
    pipelineAggregate,
    staffAggregate,
    numberRangeAggregate,
    numberClaimAggregate,
    importRunAggregate,
    erasureAggregate,
  ],
  publication: accountsPublication,
  projections: [accountDirectory, opportunityList, staffDirectory, accessProjection(service)],
  processes: [],
  tasks: [
    { name: 'define-shipped-pipelines', run: defineShippedPipelines },
    { name: 'record-destroyed-keys', run: recordDestroyedKeys },
  ],
  module: (runtime) => AccountsModule.register(runtime),
};
