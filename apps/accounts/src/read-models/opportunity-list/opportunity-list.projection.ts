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
  opportunityStageEntered,
  type OpportunityStageEntered,
  pipelineDefined,
  type PipelineDefined,
} from '@kontor/accounts-contracts';
import { knownAs, knownColumns } from '@kontor/http';
import type { CloudEvent } from '@kontor/kernel';
import type { Projection, Row, RowChange } from '@kontor/projections';

const NOTHING = {
  stage: null,
  stage_kind: null,
  amount_minor: null,
  currency: null,
  owner_id: null,
  account_id: null,
  expected_close: null,
};

function fact(
  event: CloudEvent<{ opportunityId: string; businessDate: string }>,
  aspect: string,
  values: Row,
): RowChange {
  return {
    table: 'opportunity_facts',
    put: {
      opportunity_id: event.data.opportunityId,
      ...knownAs(event),
      aspect,
      business_date: event.data.businessDate,
      ...NOTHING,
      ...values,
    },
  };
}

/**
 * Deals by owner, stage and account. What changes is a row per change, of one aspect each; the deal's rules keep facts of
 * one aspect in the order of their dates, so the newest one recorded is the present one.
 */
export const opportunityList: Projection = {
  name: 'opportunity-list',
  version: 1,
  viewSchema: 'accounts',
  tables: {
    opportunities: {
      comment: 'Opened deals: what never changes.',
      key: ['opportunity_id'],
      columns: {
        opportunity_id: { type: 'uuid', comment: 'Deal.' },
        title: { type: 'text', comment: 'Title.' },
        pipeline_id: { type: 'uuid', comment: 'Pipeline.' },
        pipeline_version: { type: 'integer', comment: 'Version of the pipeline to which the deal is pinned.' },
        product_id: { type: 'uuid', nullable: true, comment: 'Product, where the deal is about one.' },
        external_id: { type: 'text', nullable: true, comment: 'Id in the system it was imported from.' },
        opened_on: { type: 'date', comment: 'Business date of the opening.' },
        recorded_at: knownColumns.recorded_at,
      },
      indexes: ['opened_on, opportunity_id', 'external_id', 'recorded_at'],
    },
    opportunity_facts: {
      comment: 'What was said about deals, one row per event and aspect.',
      key: ['opportunity_id', 'aspect', 'revision'],
      columns: {
        opportunity_id: { type: 'uuid', comment: 'Deal.' },
        ...knownColumns,
        aspect: { type: 'text', comment: 'stage, amount, owner, account or close.' },
        business_date: { type: 'date', comment: 'Date from which it counts.' },
        stage: { type: 'text', nullable: true, comment: 'Stage entered (aspect stage).' },
        stage_kind: { type: 'text', nullable: true, comment: 'open, on-hold, won or lost (aspect stage).' },
        amount_minor: { type: 'bigint', nullable: true, comment: 'Amount in minor units (aspect amount).' },
        currency: { type: 'text', nullable: true, comment: 'Currency of the amount (aspect amount).' },
        owner_id: { type: 'uuid', nullable: true, comment: 'Staff member who answers for it (aspect owner).' },
        account_id: { type: 'uuid', nullable: true, comment: 'Account; null: in the queue (aspect account).' },
        expected_close: { type: 'date', nullable: true, comment: 'Expected close; null: undated (aspect close).' },
      },
      indexes: ['recorded_at', 'account_id', 'owner_id'],
    },
    pipelines: {
      comment: 'Versions of pipelines with their stages.',
      key: ['pipeline_id', 'version'],
      columns: {
        pipeline_id: { type: 'uuid', comment: 'Pipeline.' },
        version: { type: 'integer', comment: 'Version, from 1; new deals are opened in the highest.' },
        name: { type: 'text', comment: 'Name of the pipeline.' },
        stages: { type: 'jsonb', comment: 'Stages in order: name, kind, probability in 1/100 000, ordinal.' },
        recorded_at: knownColumns.recorded_at,
      },
      indexes: ['recorded_at'],
    },
  },
  on: {
    [opportunityOpened.type]: (event: CloudEvent<OpportunityOpened>) => {
      const { data } = event;
      return [
        {
          table: 'opportunities',
          put: {
            opportunity_id: data.opportunityId,
            title: data.title,
            pipeline_id: data.pipelineId,
            pipeline_version: data.pipelineVersion,
            product_id: data.productId,
            external_id: data.externalId,
            opened_on: data.businessDate,
            recorded_at: event.recordedat,
          },
        },
        fact(event, 'owner', { owner_id: data.ownerId }),
        fact(event, 'account', { account_id: data.accountId }),
      ];
    },
    [opportunityStageEntered.type]: (event: CloudEvent<OpportunityStageEntered>) => [
      fact(event, 'stage', { stage: event.data.stage, stage_kind: event.data.stageKind }),
    ],
    [opportunityAmountRevised.type]: (event: CloudEvent<OpportunityAmountRevised>) => [
      fact(event, 'amount', {
        amount_minor: event.data.amount.amountMinor,
        currency: event.data.amount.currency,
      }),
    ],
    [opportunityOwnerAssigned.type]: (event: CloudEvent<OpportunityOwnerAssigned>) => [
      fact(event, 'owner', { owner_id: event.data.ownerId }),
    ],
    [opportunityAccountAssigned.type]: (event: CloudEvent<OpportunityAccountAssigned>) => [
      fact(event, 'account', { account_id: event.data.accountId }),
    ],
    [opportunityCloseExpected.type]: (event: CloudEvent<OpportunityCloseExpected>) => [
      fact(event, 'close', { expected_close: event.data.expectedClose }),
    ],
    [pipelineDefined.type]: ({ data, recordedat }: CloudEvent<PipelineDefined>) => [
      {
        table: 'pipelines',
        put: {
          pipeline_id: data.pipelineId,
          version: data.version,
          name: data.name,
          stages: data.stages,
          recorded_at: recordedat,
        },
      },
    ],
  },
};
