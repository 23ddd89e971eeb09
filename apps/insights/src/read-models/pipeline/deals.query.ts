import { type Scope, scopeLabel } from '@kontor/auth';
import { type Page, pageOf } from '@kontor/http';
import {
  opportunityAccountAssigned,
  opportunityAmountRevised,
  opportunityCloseExpected,
  opportunityOpened,
  opportunityOwnerAssigned,
  opportunityProbabilityOverridden,
  opportunityStageEntered,
} from '@kontor/accounts-contracts';
import { type EvidenceRow, evidenceOf, evidenceSelect } from '../../answers/evidence.ts';
import { moneyOf } from '../../answers/figures.ts';
import type { Moment } from '../../answers/moment.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';
import { dealsAt, type DealFilters } from './deals-at.sql.ts';

export interface DealsQuestion {
  readonly moment: Moment;
  readonly baseCurrency: string;
  readonly scope: Scope;
  readonly filters: DealFilters;
  readonly page: Page;
  /** True: every deal with the events that its figures rest on. */
  readonly withEvents: boolean;
}

interface DealRow {
  readonly opportunity_id: string;
  readonly title: string;
  readonly account_id: string | null;
  readonly queue: string | null;
  readonly pipeline_id: string;
  readonly product_id: string | null;
  readonly external_id: string | null;
  readonly stage: string;
  readonly stage_kind: string;
  readonly stage_date: string;
  readonly currency: string;
  readonly amount: string;
  readonly weight: number;
  readonly weighted: string;
  readonly stage_probability: number;
  readonly owner_id: string | null;
  readonly owner_name: string | null;
  readonly manager_id: string | null;
  readonly region: string | null;
  readonly expected_close: string | null;
}

interface TotalRow {
  readonly currency: string;
  readonly deals: string;
  readonly amount: string;
  readonly weighted: string;
}

interface FactRow extends Omit<EvidenceRow, 'contract'> {
  readonly opportunity_id: string;
  readonly aspect: string;
  readonly stage: string | null;
  readonly amount_minor: string | null;
  readonly currency: string | null;
}

/** Which contract states an aspect. */
const CONTRACTS: { readonly [aspect: string]: string } = {
  opened: opportunityOpened.type,
  stage: opportunityStageEntered.type,
  amount: opportunityAmountRevised.type,
  owner: opportunityOwnerAssigned.type,
  account: opportunityAccountAssigned.type,
  close: opportunityCloseExpected.type,
  override: opportunityProbabilityOverridden.type,
};

/** Deals as of the moment, newest stage change first, with the totals of all pages. */
export async function dealsAnswer(reader: Reader, question: DealsQuestion) {
  const totals = await readTotals(reader, question);
  const rows = await readPage(reader, question);
  const page = pageOf(rows, question.page, (row) => ({
    key: row.stage_date,
    id: row.opportunity_id,
  }));
  const events = question.withEvents ? await readEvents(reader, question.moment, page.items) : undefined;
  return {
    ...question.moment,
    scope: scopeLabel(question.scope),
    totals: totals.map((total) => ({
      currency: total.currency,
      deals: Number(total.deals),
      amount: moneyOf(BigInt(total.amount), total.currency),
      weighted: moneyOf(BigInt(total.weighted), total.currency),
    })),
    items: page.items.map((row) => ({
      opportunityId: row.opportunity_id,
      title: row.title,
      accountId: row.account_id,
      queue: row.queue,
      pipelineId: row.pipeline_id,
      productId: row.product_id,
      externalId: row.external_id,
      stage: row.stage,
      kind: row.stage_kind,
      stageDate: row.stage_date,
      amount: moneyOf(BigInt(row.amount), row.currency),
      /** In 1/100 000: the default of the stage, and what it is weighted with. */
      stageProbability: row.stage_probability,
      probability: row.weight,
      weighted: moneyOf(BigInt(row.weighted), row.currency),
      ownerId: row.owner_id,
      ownerName: row.owner_name,
      managerId: row.manager_id,
      region: row.region,
      expectedClose: row.expected_close,
      ...(events !== undefined && { events: events.get(row.opportunity_id) ?? [] }),
    })),
    next: page.next,
  };
}

function from(statement: Statement, question: DealsQuestion): string {
  return dealsAt(statement, {
    asOf: question.moment.asOf,
    asKnownAt: question.moment.asKnownAt,
    baseCurrency: question.baseCurrency,
    scope: question.scope,
    filters: question.filters,
  });
}

async function readTotals(reader: Reader, question: DealsQuestion): Promise<TotalRow[]> {
  const statement = new Statement();
  const found = await reader.query<TotalRow>(
    `with ${from(statement, question)}
     select currency, count(*)::text as deals, sum(amount)::text as amount, sum(weighted)::text as weighted
     from deals_at group by currency order by currency`,
    statement.values,
  );
  return found.rows;
}

async function readPage(reader: Reader, question: DealsQuestion): Promise<DealRow[]> {
  const statement = new Statement();
  const ctes = from(statement, question);
  const after =
    question.page.after === undefined
      ? 'true'
      : `(stage_date, opportunity_id) < (${statement.$(question.page.after.key, 'date')}, ${statement.$(question.page.after.id, 'uuid')})`;
  const found = await reader.query<DealRow>(
    `with ${ctes}
     select opportunity_id, title, account_id, queue, pipeline_id, product_id, external_id, stage, stage_kind,
       stage_date::text, currency, amount::text, weight, weighted::text, stage_probability, owner_id, owner_name,
       manager_id, region, expected_close::text
     from deals_at where ${after}
     order by deals_at.stage_date desc, opportunity_id desc limit ${statement.$(question.page.limit + 1, 'int')}`,
    statement.values,
  );
  return found.rows;
}

/**
 * Per deal the winning fact of each aspect: the events that its stage, amount, owner, account, close and weight come
 * from, and the one that opened it.
 */
async function readEvents(reader: Reader, moment: Moment, deals: readonly DealRow[]) {
  const statement = new Statement();
  const found = await reader.query<FactRow>(
    `select distinct on (fact.opportunity_id, fact.aspect) fact.opportunity_id, fact.aspect, fact.stage,
       fact.amount_minor::text, fact.currency, ${evidenceSelect('fact', { stream: 'deal.stream', contract: 'null' })}
     from insights.deal_facts fact join insights.deals deal using (opportunity_id)
     where fact.opportunity_id = any(${statement.$(
       deals.map((deal) => deal.opportunity_id),
       'uuid[]',
     )})
       and fact.business_date <= ${statement.$(moment.asOf, 'date')}
       and fact.recorded_at <= ${statement.$(moment.asKnownAt, 'timestamptz')}
     order by fact.opportunity_id, fact.aspect, fact.business_date desc, fact.revision desc`,
    statement.values,
  );
  const byDeal = new Map<string, object[]>();
  for (const row of found.rows) {
    const events = byDeal.get(row.opportunity_id) ?? [];
    events.push({
      ...evidenceOf('accounts', { ...row, contract: CONTRACTS[row.aspect] ?? '' }),
      aspect: row.aspect,
      ...(row.stage !== null && { stage: row.stage }),
      amount:
        row.amount_minor === null || row.currency === null ? null : moneyOf(BigInt(row.amount_minor), row.currency),
    });
    byDeal.set(row.opportunity_id, events);
  }
  return byDeal;
}
