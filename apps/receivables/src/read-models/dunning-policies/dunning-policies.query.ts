import { equals, type ListDefinition } from '@kontor/http';
import { dunningPolicies } from './dunning-policies.projection.ts';

const money = (column: string) => `json_build_object('amountMinor', ${column}, 'currency', t.currency)`;

/** Versions of dunning policies by entity and currency, the newest of each first. */
export const dunningPolicyList: ListDefinition = {
  route: '/v1/dunning/policies',
  action: 'dunning.read',
  projection: dunningPolicies.name,
  owned: null,
  from: () => 'receivables.dunning_policies t',
  select: () => `t.policy_id as "policyId", t.version, t.entity_id as "entityId", t.currency, t.name,
    t.days_between_notices as "daysBetweenNotices", ${money('t.minimum_balance_minor')} as "minimumBalance",
    ${money('t.tolerance_minor')} as "tolerance", t.levels, t.interest_rates as "interestRates"`,
  recordedAt: 't.recorded_at',
  newest: ['select max(recorded_at) from receivables.dunning_policies'],
  sort: {
    key: `(t.entity_id || ' ' || t.currency || ' ' || lpad(t.version::text, 9, '0')) collate "C"`,
    type: 'text',
    descending: true,
  },
  id: 't.policy_id',
  filters: { entityId: equals('t.entity_id'), currency: equals('t.currency') },
};
