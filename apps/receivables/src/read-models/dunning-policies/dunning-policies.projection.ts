import type { CloudEvent } from '@kontor/kernel';
import type { Projection } from '@kontor/projections';
import { dunningPolicyStored, type DunningPolicyStoredV1 } from '@kontor/receivables-contracts';

/** Dunning policies, a row per version: a version is never changed. */
export const dunningPolicies: Projection = {
  name: 'dunning_policies',
  version: 1,
  viewSchema: 'receivables',
  tables: {
    dunning_policies: {
      comment: 'Versions of dunning policies.',
      key: ['policy_id', 'version'],
      columns: {
        policy_id: { type: 'uuid', comment: 'Policy: one per legal entity and currency.' },
        version: { type: 'integer', comment: 'Version, from 1 on.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        currency: { type: 'text', comment: 'Currency, ISO 4217.' },
        name: { type: 'text', comment: 'Name of the version.' },
        days_between_notices: { type: 'integer', comment: 'Least days between two notices of a case.' },
        minimum_balance_minor: { type: 'bigint', comment: 'Balance below which nobody is dunned, in minor units.' },
        tolerance_minor: { type: 'bigint', comment: 'Rest that counts as paid, in minor units.' },
        levels: { type: 'jsonb', comment: 'Levels with days after due, fee and restriction, ascending.' },
        interest_rates: { type: 'jsonb', comment: 'Yearly rates in 1/100 000 from a day on; empty: no interest.' },
        recorded_at: { type: 'timestamptz', comment: 'When it was stored.' },
      },
      indexes: ['entity_id, currency, version', 'recorded_at'],
    },
  },
  on: {
    [dunningPolicyStored.type]: ({ data, recordedat }: CloudEvent<DunningPolicyStoredV1>) => [
      {
        table: 'dunning_policies',
        put: {
          policy_id: data.policyId,
          version: data.version,
          entity_id: data.entityId,
          currency: data.currency,
          name: data.name,
          days_between_notices: data.daysBetweenNotices,
          minimum_balance_minor: data.minimumBalance.amountMinor,
          tolerance_minor: data.tolerance.amountMinor,
          levels: data.levels,
          interest_rates: data.interestRates,
          recorded_at: recordedat,
        },
      },
    ],
  },
};
