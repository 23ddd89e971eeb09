import { type Scope, scopeLabel } from '@kontor/auth';
import type { Money } from '@kontor/kernel';
import { moneyOf, ratioOrNull } from '../../answers/figures.ts';
import { link } from '../../answers/links.ts';
import type { Moment } from '../../answers/moment.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';
import { dealsAt, type DealFilters } from './deals-at.sql.ts';

export type GroupBy = 'owner' | 'manager' | 'region';

export interface PipelineQuestion {
  readonly moment: Moment;
  readonly baseCurrency: string;
  readonly scope: Scope;
  readonly filters: DealFilters;
  readonly groupBy?: GroupBy | undefined;
}

interface Cell {
  readonly group_id: string | null;
  readonly group_name: string | null;
  readonly stage: string;
  readonly stage_kind: string;
  readonly currency: string;
  readonly close_month: string | null;
  readonly won_month: string | null;
  readonly ordinal: number | null;
  readonly deals: number;
  readonly amount: string;
  readonly weighted: string;
}

interface CycleRow {
  readonly total: number;
  readonly group_id: string | null;
  readonly deals: number;
  readonly p50: number;
  readonly p90: number;
}

interface FunnelRow {
  readonly stage: string;
  readonly stage_kind: string;
  readonly deals: number;
}

/** On every line of a question by group: the name of owner, manager or region, and the id behind it. */
interface OfGroup {
  readonly group?: string | null;
  readonly groupId?: string | null;
}

export interface StageFigure extends OfGroup {
  readonly stage: string;
  readonly kind: string;
  readonly currency: string;
  readonly deals: number;
  readonly amount: Money;
  readonly weighted: Money;
  readonly explain: string;
}

/** The figures of the whole pipeline, or of one group of it. */
export interface PipelineFigures {
  readonly stages: readonly StageFigure[];
  /** Open deals by month of the expected close; those without one stand under `undated`. */
  readonly forecast: readonly (OfGroup & {
    readonly month: string;
    readonly currency: string;
    readonly deals: number;
    readonly weighted: Money;
    readonly explain: string;
  })[];
  /** Won deals by month of the win. */
  readonly won: readonly (OfGroup & {
    readonly month: string;
    readonly currency: string;
    readonly deals: number;
    readonly amount: Money;
    readonly explain: string;
  })[];
  /** won / (won + lost) in percent; null before the first of them. */
  readonly winRate: string | null;
  /** Days from the first open stage to the win, nearest rank. */
  readonly cycle: { readonly deals: number; readonly p50Days: number; readonly p90Days: number } | null;
}

const GROUPS: { readonly [By in GroupBy]: { readonly id: string; readonly name: string } } = {
  owner: { id: 'owner_id::text', name: 'owner_name' },
  manager: { id: 'manager_id::text', name: 'manager_name' },
  region: { id: 'region', name: 'region' },
};

const PARAMETER: { readonly [By in GroupBy]: string } = { owner: 'ownerId', manager: 'managerId', region: 'region' };

const KIND_ORDER = ['open', 'on-hold', 'won', 'lost'];

export async function pipelineAnswer(reader: Reader, question: PipelineQuestion) {
  const { cells, cycles, funnel } = await read(reader, question);
  const whole = figures(
    question,
    cells,
    cycles.find((row) => row.total === 1),
    {},
  );
  return {
    ...question.moment,
    scope: scopeLabel(question.scope),
    ...(question.groupBy === undefined ? whole : { ...whole, ...grouped(question, question.groupBy, cells, cycles) }),
    funnel: funnel.map((row) => ({
      stage: row.stage,
      kind: row.stage_kind,
      entered: row.deals,
      explain: explain(question, { entered: row.stage }),
    })),
  };
}

/** The same figures split by group: every line names its group, and the lines of all groups sum to the whole. */
function grouped(question: PipelineQuestion, by: GroupBy, cells: readonly Cell[], cycles: readonly CycleRow[]) {
  const names = [...new Map(cells.map((cell) => [cell.group_id, cell.group_name]))];
  const groups = names.sort(byGroup).map(([groupId, name]) => ({
    group: { group: name, groupId },
    ...figures(
      question,
      cells.filter((cell) => cell.group_id === groupId),
      cycles.find((row) => row.total === 0 && row.group_id === groupId),
      { [PARAMETER[by]]: groupId ?? '' },
    ),
  }));
  const lines = <Line extends object>(of: (each: PipelineFigures) => readonly Line[]) =>
    groups.flatMap((each) => of(each).map((line) => ({ ...each.group, ...line })));
  return {
    groupBy: by,
    stages: lines((each) => each.stages),
    forecast: lines((each) => each.forecast),
    won: lines((each) => each.won),
    groups: groups.map(({ group, winRate, cycle }) => ({ ...group, winRate, cycle })),
  };
}

/** By name, those without one last. */
function byGroup(
  [leftId, left]: readonly [string | null, string | null],
  [rightId, right]: readonly [string | null, string | null],
): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return compare(left, right) || compare(leftId ?? '', rightId ?? '');
}

async function read(reader: Reader, question: PipelineQuestion) {
  const statement = new Statement();
  const group = question.groupBy === undefined ? { id: 'null::text', name: 'null::text' } : GROUPS[question.groupBy];
  const closes = "stage_kind in ('open', 'on-hold')";
  const text = `with ${dealsAt(statement, {
    asOf: question.moment.asOf,
    asKnownAt: question.moment.asKnownAt,
    baseCurrency: question.baseCurrency,
    scope: question.scope,
    filters: question.filters,
  })},
  grouped as (select *, ${group.id} as group_id, ${group.name} as group_name from deals_at),
  cells as (
    select group_id, max(group_name) as group_name, stage, stage_kind, currency,
      case when ${closes} then coalesce(to_char(expected_close, 'YYYY-MM'), 'undated') end as close_month,
      case when stage_kind = 'won' then to_char(stage_date, 'YYYY-MM') end as won_month,
      min(ordinal) as ordinal, count(*) as deals, sum(amount)::text as amount, sum(weighted)::text as weighted
    from grouped group by group_id, stage, stage_kind, currency, close_month, won_month
  ),
  cycles as (
    select grouping(group_id) as total, group_id, count(*) as deals,
      percentile_disc(0.5) within group (order by stage_date - first_open_on) as p50,
      percentile_disc(0.9) within group (order by stage_date - first_open_on) as p90
    from grouped where stage_kind = 'won' and first_open_on is not null
    group by grouping sets ((group_id), ())
    having count(*) > 0
  ),
  funnel as (
    select past.stage, past.stage_kind, count(distinct past.opportunity_id) as deals, min(stage.ordinal) as ordinal
    from deals_at
    join insights.deal_facts past on past.opportunity_id = deals_at.opportunity_id and past.aspect = 'stage'
      and past.business_date <= ${statement.$(question.moment.asOf, 'date')}
      and past.recorded_at <= ${statement.$(question.moment.asKnownAt, 'timestamptz')}
    left join insights.pipeline_stages stage on stage.pipeline_id = deals_at.pipeline_id
      and stage.version = deals_at.pipeline_version and stage.stage = past.stage
    group by past.stage, past.stage_kind
  )
  select (select coalesce(json_agg(cells), '[]') from cells) as cells,
    (select coalesce(json_agg(cycles), '[]') from cycles) as cycles,
    (select coalesce(json_agg(funnel order by funnel.ordinal, funnel.stage), '[]') from funnel) as funnel`;
  const found = await reader.query<{ cells: Cell[]; cycles: CycleRow[]; funnel: FunnelRow[] }>(text, statement.values);
  return found.rows[0] ?? { cells: [], cycles: [], funnel: [] };
}

function figures(
  question: PipelineQuestion,
  cells: readonly Cell[],
  cycle: CycleRow | undefined,
  group: DealFilters,
): PipelineFigures {
  const stages = sums(cells, (cell) => [cell.stage, cell.stage_kind, cell.currency]);
  const months = sums(
    cells.filter((cell) => cell.close_month !== null),
    (cell) => [cell.close_month ?? '', cell.currency],
  );
  const won = sums(
    cells.filter((cell) => cell.won_month !== null),
    (cell) => [cell.won_month ?? '', cell.currency],
  );
  const count = (kind: string) =>
    cells.reduce((sum, cell) => (cell.stage_kind === kind ? sum + BigInt(cell.deals) : sum), 0n);
  return {
    stages: stages.sort(byStage).map(({ first, deals, amount, weighted }) => ({
      stage: first.stage,
      kind: first.stage_kind,
      currency: first.currency,
      deals,
      amount: moneyOf(amount, first.currency),
      weighted: moneyOf(weighted, first.currency),
      explain: explain(question, {
        ...group,
        stage: first.stage,
        kind: first.stage_kind,
        currency: first.currency,
      }),
    })),
    forecast: months.sort(byMonth((cell) => cell.close_month ?? '')).map(({ first, deals, weighted }) => ({
      month: first.close_month ?? '',
      currency: first.currency,
      deals,
      weighted: moneyOf(weighted, first.currency),
      explain: explain(question, { ...group, month: first.close_month ?? '', currency: first.currency }),
    })),
    won: won.sort(byMonth((cell) => cell.won_month ?? '')).map(({ first, deals, amount }) => ({
      month: first.won_month ?? '',
      currency: first.currency,
      deals,
      amount: moneyOf(amount, first.currency),
      explain: explain(question, { ...group, wonMonth: first.won_month ?? '', currency: first.currency }),
    })),
    winRate: ratioOrNull(count('won') * 100n, count('won') + count('lost')),
    cycle: cycle === undefined ? null : { deals: cycle.deals, p50Days: cycle.p50, p90Days: cycle.p90 },
  };
}

interface Sum {
  readonly first: Cell;
  readonly deals: number;
  readonly amount: bigint;
  readonly weighted: bigint;
}

function sums(cells: readonly Cell[], keyOf: (cell: Cell) => readonly string[]): Sum[] {
  const byKey = new Map<string, Sum>();
  for (const cell of cells) {
    const key = JSON.stringify(keyOf(cell));
    const sum = byKey.get(key) ?? { first: cell, deals: 0, amount: 0n, weighted: 0n };
    byKey.set(key, {
      first: sum.first,
      deals: sum.deals + cell.deals,
      amount: sum.amount + BigInt(cell.amount),
      weighted: sum.weighted + BigInt(cell.weighted),
    });
  }
  return [...byKey.values()];
}

function byStage(left: Sum, right: Sum): number {
  const [a, b] = [left.first, right.first];
  return (
    KIND_ORDER.indexOf(a.stage_kind) - KIND_ORDER.indexOf(b.stage_kind) ||
    (a.ordinal ?? 0) - (b.ordinal ?? 0) ||
    compare(a.stage, b.stage) ||
    compare(a.currency, b.currency)
  );
}

/** Months rise; `undated` sorts behind the digits. */
function byMonth(monthOf: (cell: Cell) => string) {
  return (left: Sum, right: Sum): number =>
    compare(monthOf(left.first), monthOf(right.first)) || compare(left.first.currency, right.first.currency);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function explain(question: PipelineQuestion, more: DealFilters): string {
  return link('/v1/insights/pipeline/explain', {
    asOf: question.moment.asOf,
    asKnownAt: question.moment.asKnownAt,
    ...question.filters,
    ...more,
  });
}
