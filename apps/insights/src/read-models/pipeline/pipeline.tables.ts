import type { Table } from '@kontor/projections';
import { factColumns } from '../facts.ts';

const { stream, contract: _contract, ...dated } = factColumns;

const opportunityId = { type: 'uuid', comment: 'The deal.' } as const;

/**
 * What was ever said about a deal, one row per event and never changed: the pipeline of any past day is a pick among
 * these rows. One table for all aspects, because a batch is written with one statement per table; its key is also the way
 * to a deal's facts, so that there is one index to keep in random order. The stream stands once, in the row of the deal,
 * and the contract follows from the aspect.
 */
export const dealFacts: Table = {
  comment: 'Facts about deals, one row per event: stage, amount, owner, expected close, probability override.',
  key: ['opportunity_id', 'revision'],
  columns: {
    ...dated,
    opportunity_id: opportunityId,
    aspect: {
      type: 'text',
      comment: 'What the fact is about: opened (owner and account), stage, amount, owner, account, close or override.',
    },
    stage: { type: 'text', nullable: true, comment: 'Stage entered (aspect stage).' },
    stage_kind: { type: 'text', nullable: true, comment: 'open, on-hold, won or lost (aspect stage).' },
    probability: {
      type: 'integer',
      nullable: true,
      comment: 'In 1/100 000: default of the stage (aspect stage) or the override; null withdraws an override.',
    },
    reason: { type: 'text', nullable: true, comment: 'Why it was lost or reopened, as a category (aspect stage).' },
    competitor: { type: 'text', nullable: true, comment: 'Who got a lost deal (aspect stage).' },
    amount_minor: { type: 'bigint', nullable: true, comment: 'Amount in minor units (aspect amount).' },
    currency: { type: 'text', nullable: true, comment: 'Currency of the amount (aspect amount).' },
    owner_id: {
      type: 'uuid',
      nullable: true,
      comment: 'Staff member who answers for the deal (aspects opened and owner).',
    },
    account_id: { type: 'uuid', nullable: true, comment: 'Whose deal it is (aspects opened and account).' },
    expected_close: { type: 'date', nullable: true, comment: 'Expected close; null is undated (aspect close).' },
    expires_on: { type: 'date', nullable: true, comment: 'Last day on which an override holds (aspect override).' },
  },
  indexes: ['recorded_at'],
};

export const deals: Table = {
  comment:
    'One row per deal with the winner of each aspect among all its facts, future-dated ones included: of the facts about one aspect the later business date wins, then the higher revision.',
  key: ['opportunity_id'],
  columns: {
    opportunity_id: opportunityId,
    stream,
    title: { type: 'text', comment: 'Title of the deal.' },
    account_id: { type: 'uuid', nullable: true, comment: 'Account; null while the deal waits in a queue.' },
    account_changed: { type: 'boolean', comment: 'True: it was the deal of another account before.' },
    account_date: { type: 'date', nullable: true, comment: 'Date from which the account counts.' },
    queue: {
      type: 'text',
      nullable: true,
      comment: 'Queue in which a deal waited when it was opened without account.',
    },
    pipeline_id: { type: 'uuid', comment: 'Pipeline.' },
    pipeline_version: { type: 'integer', comment: 'Version of the pipeline in which the deal was opened.' },
    product_id: { type: 'uuid', nullable: true, comment: 'Product, where the deal is about one.' },
    external_id: { type: 'text', nullable: true, comment: 'Id in the system it was imported from.' },
    stage: { type: 'text', nullable: true, comment: 'Current stage.' },
    stage_kind: { type: 'text', nullable: true, comment: 'open, on-hold, won or lost.' },
    stage_probability: { type: 'integer', nullable: true, comment: 'Default of the stage in 1/100 000.' },
    stage_date: { type: 'date', nullable: true, comment: 'Date on which the stage was entered.' },
    amount_minor: { type: 'bigint', nullable: true, comment: 'Current amount in minor units.' },
    currency: { type: 'text', nullable: true, comment: 'Currency of the amount.' },
    amount_date: { type: 'date', nullable: true, comment: 'Date from which the amount counts.' },
    owner_id: { type: 'uuid', nullable: true, comment: 'Current owner.' },
    owner_date: { type: 'date', nullable: true, comment: 'Date from which the owner counts.' },
    expected_close: { type: 'date', nullable: true, comment: 'Expected close; null is undated.' },
    close_date: { type: 'date', nullable: true, comment: 'Date from which the expected close counts.' },
    override_probability: { type: 'integer', nullable: true, comment: 'Latest override in 1/100 000.' },
    override_expires_on: { type: 'date', nullable: true, comment: 'Last day on which the override holds.' },
    override_date: { type: 'date', nullable: true, comment: 'Date from which the override counts.' },
    override_revision: { type: 'bigint', nullable: true, comment: 'Revision of the override.' },
    closing_date: {
      type: 'date',
      nullable: true,
      comment: 'Date of the latest win or loss; it ends earlier overrides.',
    },
    closing_revision: { type: 'bigint', nullable: true, comment: 'Revision of the latest win or loss.' },
    first_open_on: { type: 'date', nullable: true, comment: 'First date in an open stage.' },
    newest_business_date: { type: 'date', comment: 'Latest business date among the facts.' },
    newest_recorded_at: { type: 'timestamptz', comment: 'When the latest fact was recorded.' },
  },
  // Nothing that changes with every fact is indexed, so that most updates stay on their page.
  indexes: ['account_id'],
};

export const staffFacts: Table = {
  comment: 'Placings of staff members: manager and region valid from a date until the next placing.',
  key: ['staff_id', 'revision'],
  subject: 'staff_id',
  columns: {
    ...factColumns,
    staff_id: { type: 'uuid', comment: 'Staff member.' },
    name: { type: 'text', nullable: true, personal: true, comment: 'Name; null after an erasure.' },
    staff_position: { type: 'text', comment: 'Position held.' },
    manager_id: { type: 'uuid', nullable: true, comment: 'Functional superior.' },
    region: { type: 'text', nullable: true, comment: 'Region.' },
  },
  indexes: ['recorded_at'],
};

export const pipelineStages: Table = {
  comment: 'Stages of every version of every pipeline, in order.',
  key: ['pipeline_id', 'version', 'stage'],
  columns: {
    pipeline_id: { type: 'uuid', comment: 'Pipeline.' },
    version: { type: 'integer', comment: 'Version of the pipeline.' },
    stage: { type: 'text', comment: 'Name of the stage.' },
    pipeline: { type: 'text', comment: 'Name of the pipeline.' },
    stage_kind: { type: 'text', comment: 'open, on-hold, won or lost.' },
    probability: { type: 'integer', comment: 'Default in 1/100 000.' },
    ordinal: { type: 'integer', comment: 'Place in the order of stages, from 1.' },
  },
};
