import {
  opportunityAccountAssigned,
  type OpportunityAccountAssigned,
  opportunityAmountRevised,
  type OpportunityAmountRevised,
  opportunityCloseExpected,
  type OpportunityCloseExpected,
  opportunityOpened,
  type OpportunityOpened,
  opportunityOwnerAssigned,
  type OpportunityOwnerAssigned,
  opportunityProbabilityOverridden,
  type OpportunityProbabilityOverridden,
  opportunityStageEntered,
  type OpportunityStageEntered,
  personalDataErased,
  pipelineDefined,
  type PipelineDefined,
  staffPlaced,
  type StaffPlaced,
} from '@kontor/accounts-contracts';
import type { CloudEvent } from '@kontor/kernel';
import type { Projection, Row, RowChange } from '@kontor/projections';
import { factOf, type Unsealed } from '../facts.ts';
import { pipelineViews } from './pipeline.views.ts';
import { dealFacts, deals, pipelineStages, staffFacts } from './pipeline.tables.ts';

const NO_FACT = {
  stage: null,
  stage_kind: null,
  probability: null,
  reason: null,
  competitor: null,
  amount_minor: null,
  currency: null,
  owner_id: null,
  account_id: null,
  expected_close: null,
  expires_on: null,
};

function dated(event: CloudEvent, businessDate: string): Row {
  return {
    event_id: event.id,
    revision: event.revision,
    position: BigInt(event.position),
    business_date: businessDate,
    recorded_at: event.recordedat,
  };
}

interface AboutDeal {
  readonly opportunityId: string;
  readonly businessDate: string;
}

/** A fact about a deal: a row of its own, and the change of the winners in the row of the deal. */
function dealFact<Data extends AboutDeal>(
  event: CloudEvent<Data>,
  aspect: string,
  values: Partial<typeof NO_FACT> | Row,
  winners: (deal: Row, date: string) => Row,
): RowChange[] {
  const { opportunityId, businessDate } = event.data;
  return [
    {
      table: 'deal_facts',
      put: {
        ...dated(event, businessDate),
        opportunity_id: opportunityId,
        aspect,
        ...NO_FACT,
        ...values,
      },
    },
    {
      table: 'deals',
      key: { opportunity_id: opportunityId },
      // Events of a stream come in order, so a deal is always opened before anything else is said about it.
      change: (deal) =>
        deal === undefined
          ? undefined
          : {
              ...deal,
              ...winners(deal, businessDate),
              newest_business_date: later(deal['newest_business_date'], businessDate),
              newest_recorded_at: event.recordedat,
            },
    },
  ];
}

/** Facts arrive by rising revision, so on equal dates the newer one wins. */
function wins(date: string, winner: unknown): boolean {
  return typeof winner !== 'string' || date >= winner;
}

function later(left: unknown, right: string): string {
  return typeof left === 'string' && left > right ? left : right;
}

function earlier(left: unknown, right: string): string {
  return typeof left === 'string' && left < right ? left : right;
}

export const pipelineProjection: Projection = {
  name: 'pipeline',
  version: 1,
  viewSchema: 'insights',
  personal: { erasedBy: personalDataErased.type },
  tables: {
    deal_facts: dealFacts,
    deals,
    staff_facts: staffFacts,
    pipeline_stages: pipelineStages,
  },
  views: pipelineViews,
  on: {
    [opportunityOpened.type]: (event: CloudEvent<OpportunityOpened>) => {
      const { data } = event;
      return [
        {
          table: 'deal_facts',
          put: {
            ...dated(event, data.businessDate),
            opportunity_id: data.opportunityId,
            aspect: 'opened',
            ...NO_FACT,
            owner_id: data.ownerId,
            account_id: data.accountId,
          },
        },
        {
          table: 'deals',
          put: {
            opportunity_id: data.opportunityId,
            stream: event.subject,
            title: data.title,
            account_id: data.accountId,
            account_changed: false,
            account_date: data.businessDate,
            queue: data.queue,
            pipeline_id: data.pipelineId,
            pipeline_version: data.pipelineVersion,
            product_id: data.productId,
            external_id: data.externalId,
            stage: null,
            stage_kind: null,
            stage_probability: null,
            stage_date: null,
            amount_minor: null,
            currency: null,
            amount_date: null,
            owner_id: data.ownerId,
            owner_date: data.businessDate,
            expected_close: null,
            close_date: null,
            override_probability: null,
            override_expires_on: null,
            override_date: null,
            override_revision: null,
            closing_date: null,
            closing_revision: null,
            first_open_on: null,
            newest_business_date: data.businessDate,
            newest_recorded_at: event.recordedat,
          },
        },
      ];
    },
    [opportunityStageEntered.type]: (event: CloudEvent<OpportunityStageEntered>) => {
      const { stage, stageKind, probability, reason, competitor } = event.data;
      const closes = stageKind === 'won' || stageKind === 'lost';
      return dealFact(
        event,
        'stage',
        { stage, stage_kind: stageKind, probability, reason, competitor },
        (deal, date) => ({
          ...(wins(date, deal['stage_date']) && {
            stage,
            stage_kind: stageKind,
            stage_probability: probability,
            stage_date: date,
          }),
          ...(closes &&
            wins(date, deal['closing_date']) && {
              closing_date: date,
              closing_revision: event.revision,
            }),
          ...(stageKind === 'open' && { first_open_on: earlier(deal['first_open_on'], date) }),
        }),
      );
    },
    [opportunityAmountRevised.type]: (event: CloudEvent<OpportunityAmountRevised>) => {
      const { amountMinor, currency } = event.data.amount;
      const amount = { amount_minor: amountMinor, currency };
      return dealFact(event, 'amount', amount, (deal, date) =>
        wins(date, deal['amount_date']) ? { ...amount, amount_date: date } : {},
      );
    },
    [opportunityOwnerAssigned.type]: (event: CloudEvent<OpportunityOwnerAssigned>) => {
      const owner = { owner_id: event.data.ownerId };
      return dealFact(event, 'owner', owner, (deal, date) =>
        wins(date, deal['owner_date']) ? { ...owner, owner_date: date } : {},
      );
    },
    [opportunityAccountAssigned.type]: (event: CloudEvent<OpportunityAccountAssigned>) => {
      const account = { account_id: event.data.accountId };
      return dealFact(event, 'account', account, (deal, date) => ({
        account_changed: deal['account_changed'] === true || deal['account_id'] !== null,
        ...(wins(date, deal['account_date']) && { ...account, account_date: date }),
      }));
    },
    [opportunityCloseExpected.type]: (event: CloudEvent<OpportunityCloseExpected>) => {
      const close = { expected_close: event.data.expectedClose };
      return dealFact(event, 'close', close, (deal, date) =>
        wins(date, deal['close_date']) ? { ...close, close_date: date } : {},
      );
    },
    // The reason of an override is a person's free text and stays in the service; only the number is folded.
    [opportunityProbabilityOverridden.type]: (event: CloudEvent<OpportunityProbabilityOverridden>) => {
      const { probability, expiresOn } = event.data;
      return dealFact(event, 'override', { probability, expires_on: expiresOn }, (deal, date) =>
        wins(date, deal['override_date'])
          ? {
              override_probability: probability,
              override_expires_on: expiresOn,
              override_date: date,
              override_revision: event.revision,
            }
          : {},
      );
    },
    [staffPlaced.type]: (event: CloudEvent<Unsealed<StaffPlaced>>) => {
      const { data } = event;
      return [
        {
          table: 'staff_facts',
          put: {
            ...factOf(event, data.businessDate),
            staff_id: data.staffId,
            name: data.name,
            staff_position: data.position,
            manager_id: data.managerId,
            region: data.region,
          },
        },
      ];
    },
    [pipelineDefined.type]: (event: CloudEvent<PipelineDefined>) =>
      event.data.stages.map((stage) => ({
        table: 'pipeline_stages',
        put: {
          pipeline_id: event.data.pipelineId,
          version: event.data.version,
          stage: stage.name,
          pipeline: event.data.name,
          stage_kind: stage.kind,
          probability: stage.probability,
          ordinal: stage.ordinal,
        },
      })),
  },
};
