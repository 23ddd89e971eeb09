import type { CloudEvent } from '@kontor/kernel';
import type { Projection, RowChange } from '@kontor/projections';
import {
  claimClosedV1,
  claimHandedOverV1,
  claimOpenedV1,
  claimRejectedV1,
  claimReopenedV1,
  coverageDecidedV1,
  repairRecordedV1,
  workOrderOpenedV1,
  type ClaimClosedV1,
  type ClaimHandedOverV1,
  type ClaimOpenedV1,
  type ClaimRejectedV1,
  type ClaimReopenedV1,
  type CoverageDecidedV1,
  type RepairRecordedV1,
  type WorkOrderOpenedV1,
} from '@kontor/warranty-contracts';
import { factColumns, factOf } from '../facts.ts';

type OfClaim = CloudEvent<{ readonly claimId: string }>;
type Facet = 'status' | 'owner' | 'coverage' | 'work';

function facet(event: OfClaim, name: Facet, value: string | null): RowChange {
  return { table: 'claim_facets', put: { claim_id: event.data.claimId, ...factOf(event), facet: name, value } };
}

/**
 * Claims, one row each, and beside them one row per fact that may change: lifecycle, owner, coverage and work are facets
 * of their own, so that none hides another. `claim_list` joins what holds now.
 */
export const claimList: Projection = {
  name: 'claim-list',
  version: 1,
  viewSchema: 'warranty',
  tables: {
    claims: {
      comment: 'Claims, complaints, wishes and praise: what never changes about them.',
      key: ['claim_id'],
      columns: {
        claim_id: { type: 'uuid', comment: 'Claim.' },
        number: { type: 'text', comment: 'Number of the claim.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        kind: { type: 'text', comment: 'claim, complaint, wish or praise.' },
        unit_id: { type: 'uuid', nullable: true, comment: 'Unit it is about.' },
        product_id: { type: 'uuid', nullable: true, comment: 'Product of that unit.' },
        account_id: { type: 'uuid', comment: 'Client.' },
        incident_date: { type: 'date', comment: 'When it happened.' },
        cause: { type: 'text', nullable: true, comment: 'Cause as first seen.' },
        opened_on: { type: 'date', comment: 'When it was taken in.' },
        recorded_at: { type: 'timestamptz', comment: 'When it was recorded.' },
      },
      indexes: ['opened_on, claim_id', 'number', 'account_id', 'unit_id', 'recorded_at'],
    },
    claim_facets: {
      comment: 'What changes about a claim, from each change on.',
      key: ['claim_id', 'revision', 'facet'],
      columns: {
        claim_id: { type: 'uuid', comment: 'Claim.' },
        ...factColumns,
        facet: { type: 'text', comment: 'status, owner, coverage or work.' },
        value: { type: 'text', nullable: true, comment: 'Its value from then on; null: undecided.' },
      },
      indexes: ['facet, value', 'recorded_at'],
    },
    claim_costs: {
      comment: 'Cost of repairs and who bears it; lines are only added.',
      key: ['claim_id', 'revision'],
      columns: {
        claim_id: { type: 'uuid', comment: 'Claim.' },
        ...factColumns,
        currency: { type: 'text', comment: 'Currency, ISO 4217.' },
        parts_minor: { type: 'bigint', comment: 'Parts, in minor units.' },
        labour_minor: { type: 'bigint', comment: 'Labour, in minor units.' },
        by_us_minor: { type: 'bigint', comment: 'Borne by us: covered and goodwill.' },
        by_client_minor: { type: 'bigint', comment: 'Borne by the client.' },
      },
      indexes: ['recorded_at'],
    },
  },
  views: {
    claim_list: {
      comment: 'Claims with their facets as they are now.',
      columns: {
        claim_id: 'Claim.',
        number: 'Number of the claim.',
        kind: 'claim, complaint, wish or praise.',
        account_id: 'Client.',
        unit_id: 'Unit it is about.',
        product_id: 'Product of that unit.',
        incident_date: 'When it happened.',
        opened_on: 'When it was taken in.',
        status: 'open, rejected or closed.',
        owner_id: 'Who looks after it.',
        coverage: 'warranty, goodwill, contract or paid; null: undecided.',
        work: 'ordered or repaired; null: no work order.',
      },
      select: `select c.claim_id, c.number, c.kind, c.account_id, c.unit_id, c.product_id, c.incident_date, c.opened_on,
        f.status, f.owner_id, f.coverage, f.work
        from claims c
        join lateral (
          select (array_agg(value order by revision desc) filter (where facet = 'status'))[1] as status,
            (array_agg(value order by revision desc) filter (where facet = 'owner'))[1] as owner_id,
            (array_agg(value order by revision desc) filter (where facet = 'coverage'))[1] as coverage,
            (array_agg(value order by revision desc) filter (where facet = 'work'))[1] as work
          from claim_facets f where f.claim_id = c.claim_id) f on true`,
    },
  },
  on: {
    [claimOpenedV1.type]: (event: CloudEvent<ClaimOpenedV1>) => [
      {
        table: 'claims',
        put: {
          claim_id: event.data.claimId,
          number: event.data.number,
          entity_id: event.data.entityId,
          kind: event.data.kind,
          unit_id: event.data.unitId,
          product_id: event.data.productId,
          account_id: event.data.accountId,
          incident_date: event.data.incidentDate,
          cause: event.data.cause,
          opened_on: event.data.businessDate,
          recorded_at: event.recordedat,
        },
      },
      facet(event, 'status', 'open'),
      facet(event, 'owner', event.data.ownerId),
    ],
    [claimHandedOverV1.type]: (event: CloudEvent<ClaimHandedOverV1>) => [facet(event, 'owner', event.data.ownerId)],
    [coverageDecidedV1.type]: (event: CloudEvent<CoverageDecidedV1>) => [facet(event, 'coverage', event.data.coverage)],
    [workOrderOpenedV1.type]: (event: CloudEvent<WorkOrderOpenedV1>) => [facet(event, 'work', 'ordered')],
    [repairRecordedV1.type]: (event: CloudEvent<RepairRecordedV1>) => [
      facet(event, 'work', 'repaired'),
      {
        table: 'claim_costs',
        put: {
          claim_id: event.data.claimId,
          ...factOf(event),
          currency: event.data.currency,
          parts_minor: event.data.partsMinor,
          labour_minor: event.data.labourMinor,
          by_us_minor: event.data.borneByUsMinor,
          by_client_minor: event.data.borneByClientMinor,
        },
      },
    ],
    [claimRejectedV1.type]: (event: CloudEvent<ClaimRejectedV1>) => [facet(event, 'status', 'rejected')],
    [claimClosedV1.type]: (event: CloudEvent<ClaimClosedV1>) => [facet(event, 'status', 'closed')],
    [claimReopenedV1.type]: (event: CloudEvent<ClaimReopenedV1>) => [
      facet(event, 'status', 'open'),
      facet(event, 'coverage', null),
      facet(event, 'work', null),
    ],
  },
};
