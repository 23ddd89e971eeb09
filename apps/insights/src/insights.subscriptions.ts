import { accessProjection } from '@kontor/auth';
import type { ServiceDefinition } from '@kontor/service';
import { grantToAnalysts } from './analysts/analyst-roles.ts';
import { InsightsModule } from './insights.module.ts';
import { account360Projection } from './read-models/account-360/account-360.projection.ts';
import { dunningProjection } from './read-models/dunning/dunning.projection.ts';
import { pipelineProjection } from './read-models/pipeline/pipeline.projection.ts';

/** The projections of insights: the only place that says what analysts may see, and which of it is personal. */
export const insightsProjections = [pipelineProjection, dunningProjection, account360Projection];

/**
 * Everything that insights folds and answers. It has no events and publishes nothing.
 *
 * | subscription    | reads                                     | rows                                               |
 * |-----------------|-------------------------------------------|----------------------------------------------------|
 * | pipeline        | accounts                                  | deal facts and winners, staff, stages               |
 * | dunning         | receivables                               | ledger lines, items, cases, notices, overlays       |
 * | account_360     | accounts, orders, receivables, warranty   | timeline, accounts, things of accounts              |
 * | insights_access | accounts                                  | owners and reporting lines, for the scope of answers |
 */
export const insightsService: ServiceDefinition = {
  name: 'insights',
  aggregates: [],
  publication: { service: 'insights', publish: () => undefined },
  projections: [...insightsProjections, accessProjection('insights')],
  processes: [],
  tasks: [
    {
      name: 'analyst-roles',
      run: async (runtime) => grantToAnalysts(runtime.pool, insightsProjections),
    },
  ],
  module: (runtime) => InsightsModule.register(runtime),
};
