import type { Projection } from '@kontor/projections';

const deal = {
  opportunity_id: 'The deal.',
  title: 'Title of the deal.',
  account_id: 'Account; null while it waits in a queue.',
  owner_id: 'Current owner.',
  currency: 'Currency of the amount.',
  amount_minor: 'Amount in minor units.',
};

/** What analysts ask most, ready to be selected. None of it is personal. */
export const pipelineViews: NonNullable<Projection['views']> = {
  open_deals: {
    comment: 'Deals in an open stage or on hold, by their latest facts.',
    columns: {
      ...deal,
      stage: 'Current stage.',
      stage_date: 'Date on which the stage was entered.',
      stage_probability: 'Default of the stage in 1/100 000, overrides left out.',
      expected_close: 'Expected close; null is undated.',
    },
    select: `select opportunity_id, title, account_id, owner_id, currency, amount_minor, stage, stage_date,
      stage_probability, expected_close from deals where stage_kind in ('open', 'on-hold')`,
  },
  closed_deals: {
    comment: 'Deals won or lost, by their latest facts.',
    columns: {
      ...deal,
      outcome: 'won or lost.',
      closed_on: 'Date of the win or loss.',
      first_open_on: 'First date in an open stage; null if there was none.',
      cycle_days: 'Days from the first open stage to the close.',
    },
    select: `select opportunity_id, title, account_id, owner_id, currency, amount_minor, stage_kind as outcome,
      stage_date as closed_on, first_open_on, stage_date - first_open_on as cycle_days
      from deals where stage_kind in ('won', 'lost')`,
  },
  staff_places: {
    comment: 'Where each staff member stands, by the latest placing.',
    columns: {
      staff_id: 'Staff member.',
      staff_position: 'Position held.',
      manager_id: 'Functional superior.',
      region: 'Region.',
      placed_on: 'Date of the placing.',
    },
    select: `select distinct on (staff_id) staff_id, staff_position, manager_id, region, business_date as placed_on
      from staff_facts order by staff_id, business_date desc, revision desc`,
  },
};
