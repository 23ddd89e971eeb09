import type { Scope } from '@kontor/auth';
import { withinScope } from '../../answers/scope.ts';
import type { Statement } from '../../answers/snapshot.ts';

/** What narrows a question about deals. An empty text asks for deals that have none. */
export interface DealFilters {
  readonly ownerId?: string | undefined;
  readonly managerId?: string | undefined;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  readonly currency?: string | undefined;
  readonly pipelineId?: string | undefined;
  readonly stage?: string | undefined;
  readonly kind?: string | undefined;
  /** Month of the expected close, or `undated`. */
  readonly month?: string | undefined;
  /** Month in which a deal was won. */
  readonly wonMonth?: string | undefined;
  /** A stage that the deal has entered at some time. */
  readonly entered?: string | undefined;
}

export interface DealQuestion {
  readonly asOf: string;
  readonly asKnownAt: string;
  /** Of deals about whose amount nothing was said. */
  readonly baseCurrency: string;
  readonly scope: Scope;
  readonly filters: DealFilters;
}

/** Half-even, in minor units; the product is numeric, because it may pass 64 bits. Amounts are never negative. */
const WEIGHTED = `
  div(exact.product, 100000) + case
    when mod(exact.product, 100000) * 2 > 100000 then 1
    when mod(exact.product, 100000) * 2 = 100000 then mod(div(exact.product, 100000), 2)
    else 0 end`;

/**
 * Common table expressions up to `deals_at`: one row per deal that is in the pipeline as of a business date, as known at
 * an instant, with the winner of each aspect. Deals whose newest fact lies within both limits are taken from the
 * materialised winners; for the others the winners are picked from the facts. All ordered aggregates share one order, so
 * the facts are sorted once.
 */
export function dealsAt(statement: Statement, question: DealQuestion): string {
  const asOf = statement.$(question.asOf, 'date');
  const asKnownAt = statement.$(question.asKnownAt, 'timestamptz');
  const { filters } = question;
  const candidates = [
    withinScope(statement, question.scope, 'deal.owner_id'),
    ...(filters.accountId === undefined || filters.accountId === ''
      ? []
      : [
          // Whose deal it was on the day is decided below; here are all that can be meant.
          `(deal.account_id = ${statement.$(filters.accountId, 'uuid')} or deal.account_changed)`,
        ]),
    ...(filters.pipelineId === undefined ? [] : [same(statement, 'deal.pipeline_id', filters.pipelineId, 'uuid')]),
  ].join(' and ');
  return `
  candidates as (
    select * from insights.deals deal where ${candidates}
  ),
  picked as (
    select fact.opportunity_id,
      ${winner("fact.aspect = 'stage'")} as stage_fact,
      ${winner("fact.aspect = 'stage' and fact.stage_kind in ('won', 'lost')")} as closing_fact,
      ${winner("fact.aspect = 'amount'")} as amount_fact,
      ${winner("fact.aspect in ('opened', 'owner')")} as owner_fact,
      ${winner("fact.aspect in ('opened', 'account')")} as account_fact,
      ${winner("fact.aspect = 'close'")} as close_fact,
      ${winner("fact.aspect = 'override'")} as override_fact,
      min(fact.business_date) filter (where fact.aspect = 'stage' and fact.stage_kind = 'open') as first_open_on
    from insights.deal_facts fact
    join candidates using (opportunity_id)
    where (candidates.newest_business_date > ${asOf} or candidates.newest_recorded_at > ${asKnownAt})
      and fact.business_date <= ${asOf} and fact.recorded_at <= ${asKnownAt}
    group by fact.opportunity_id
  ),
  winners as (
    select opportunity_id, stage, stage_kind, stage_probability, stage_date, amount_minor, currency, owner_id,
      account_id, expected_close, override_probability, override_expires_on, override_date, override_revision,
      closing_date, closing_revision, first_open_on
    from candidates where newest_business_date <= ${asOf} and newest_recorded_at <= ${asKnownAt}
    union all
    select opportunity_id, (stage_fact).stage, (stage_fact).stage_kind, (stage_fact).probability,
      (stage_fact).business_date, (amount_fact).amount_minor, (amount_fact).currency, (owner_fact).owner_id,
      (account_fact).account_id, (close_fact).expected_close, (override_fact).probability, (override_fact).expires_on,
      (override_fact).business_date, (override_fact).revision,
      (closing_fact).business_date, (closing_fact).revision, first_open_on
    from picked
  ),
  staff_at as (
    select distinct on (staff_id) staff_id, name, manager_id, region from insights.staff_facts
    where business_date <= ${asOf} and recorded_at <= ${asKnownAt}
    order by staff_id, business_date desc, revision desc
  ),
  weighed as (
    select winners.*, coalesce(winners.currency, ${statement.$(question.baseCurrency, 'text')}) as money,
      coalesce(winners.amount_minor, 0) as amount,
      case winners.stage_kind
        when 'won' then 100000
        when 'lost' then 0
        else case
          when override_probability is not null
            and (override_expires_on is null or override_expires_on >= ${asOf})
            and (closing_date is null or (override_date, override_revision) > (closing_date, closing_revision))
          then override_probability else stage_probability end
        end as weight
    from winners where stage is not null
  ),
  deals_at as materialized (
    select weighed.opportunity_id, deal.title, weighed.account_id,
      case when weighed.account_id is null then deal.queue end as queue, deal.pipeline_id, deal.pipeline_version,
      deal.product_id, deal.external_id, weighed.stage, weighed.stage_kind, weighed.stage_date,
      weighed.money as currency, weighed.amount, weighed.weight, ${WEIGHTED} as weighted,
      weighed.owner_id, owner.name as owner_name, owner.manager_id, manager.name as manager_name, owner.region,
      weighed.expected_close, weighed.first_open_on, weighed.stage_probability, stage.ordinal
    from weighed
    cross join lateral (select weighed.amount::numeric * weighed.weight as product) exact
    join candidates deal using (opportunity_id)
    left join staff_at owner on owner.staff_id = weighed.owner_id
    left join staff_at manager on manager.staff_id = owner.manager_id
    left join insights.pipeline_stages stage on stage.pipeline_id = deal.pipeline_id
      and stage.version = deal.pipeline_version and stage.stage = weighed.stage
    where ${narrowed(statement, filters, asOf, asKnownAt)}
  )`;
}

function winner(which: string): string {
  return `(array_agg(fact order by fact.business_date desc, fact.revision desc) filter (where ${which}))[1]`;
}

function same(statement: Statement, column: string, value: string, type: string): string {
  return value === '' ? `${column} is null` : `${column} = ${statement.$(value, type)}`;
}

function narrowed(statement: Statement, filters: DealFilters, asOf: string, asKnownAt: string): string {
  const text = (column: string, value: string | undefined, type = 'text') =>
    value === undefined ? [] : [same(statement, column, value, type)];
  const { month, wonMonth, entered } = filters;
  return [
    'true',
    ...text('weighed.owner_id', filters.ownerId, 'uuid'),
    ...text('weighed.account_id', filters.accountId, 'uuid'),
    ...text('owner.manager_id', filters.managerId, 'uuid'),
    ...text('owner.region', filters.region),
    ...text('weighed.money', filters.currency),
    ...text('weighed.stage', filters.stage),
    ...text('weighed.stage_kind', filters.kind),
    ...(month === undefined
      ? []
      : [
          "weighed.stage_kind in ('open', 'on-hold')",
          month === 'undated'
            ? 'weighed.expected_close is null'
            : `to_char(weighed.expected_close, 'YYYY-MM') = ${statement.$(month, 'text')}`,
        ]),
    ...(wonMonth === undefined
      ? []
      : [`weighed.stage_kind = 'won' and to_char(weighed.stage_date, 'YYYY-MM') = ${statement.$(wonMonth, 'text')}`]),
    ...(entered === undefined
      ? []
      : [
          `exists (select 1 from insights.deal_facts past where past.opportunity_id = weighed.opportunity_id
             and past.aspect = 'stage' and past.stage = ${statement.$(entered, 'text')}
             and past.business_date <= ${asOf} and past.recorded_at <= ${asKnownAt})`,
        ]),
  ].join(' and ');
}
