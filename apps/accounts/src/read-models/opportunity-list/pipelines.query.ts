import { equals, type ListDefinition } from '@kontor/http';

/** Pipelines in the versions that were the latest at the moment. */
export const pipelineListing: ListDefinition = {
  route: '/v1/pipelines',
  action: 'opportunities.read',
  projection: 'opportunity-list',
  owned: null,
  from: (at) => `(select distinct on (pipeline_id) * from accounts.pipelines where recorded_at <= ${at.known}
    order by pipeline_id, version desc) p`,
  select: () => `p.pipeline_id as "id", p.name, p.version, p.stages`,
  recordedAt: 'p.recorded_at',
  newest: ['select max(recorded_at) from accounts.pipelines'],
  sort: { key: 'p.pipeline_id', type: 'uuid', descending: false },
  id: 'p.pipeline_id',
  filters: { name: equals('p.name') },
};
