import type { Command } from 'commander';
import type { CliContext } from './context.ts';
import { amount, type MoneyBody, print, printJson, table } from './output.ts';

export interface PipelineAnswer {
  readonly asOf: string;
  readonly winRate: string | null;
  readonly stages: readonly {
    readonly stage: string;
    readonly kind: string;
    readonly group?: string | null;
    readonly deals: number;
    readonly amount: MoneyBody;
    readonly weighted: MoneyBody;
  }[];
  readonly forecast: readonly {
    readonly month: string;
    readonly group?: string | null;
    readonly weighted: MoneyBody;
  }[];
}

export interface AgeingAnswer {
  readonly asOf: string;
  readonly currencies: readonly {
    readonly currency: string;
    readonly items: number;
    readonly outstanding: MoneyBody;
    readonly charges: MoneyBody;
    readonly unallocated: MoneyBody;
    readonly buckets: readonly { readonly bucket: string; readonly items: number; readonly amount: MoneyBody }[];
  }[];
}

export function pipelineTable(answer: PipelineAnswer): string {
  const grouped = answer.stages.some((line) => line.group !== undefined);
  return table(answer.stages, [
    ...(grouped ? [{ head: 'group', value: (line: PipelineAnswer['stages'][number]) => line.group ?? '' }] : []),
    { head: 'stage', value: (line) => line.stage },
    { head: 'kind', value: (line) => line.kind },
    { head: 'deals', value: (line) => line.deals, align: 'right' },
    { head: 'amount', value: (line) => amount(line.amount), align: 'right' },
    { head: 'weighted', value: (line) => amount(line.weighted), align: 'right' },
  ]);
}

/** Of open deals by the month of their expected close, under the groups of the table above it. */
export function forecastTable({ forecast }: Pick<PipelineAnswer, 'forecast'>): string {
  const grouped = forecast.some((line) => line.group !== undefined);
  return table(forecast, [
    ...(grouped ? [{ head: 'group', value: (line: PipelineAnswer['forecast'][number]) => line.group ?? '' }] : []),
    { head: 'expected close', value: (line) => line.month },
    { head: 'weighted', value: (line) => amount(line.weighted), align: 'right' },
  ]);
}

export function ageingTable(answer: AgeingAnswer): string {
  const rows = answer.currencies.flatMap((line) => [
    ...line.buckets.map((bucket) => ({
      currency: line.currency,
      what: bucket.bucket,
      items: String(bucket.items),
      amount: amount(bucket.amount),
    })),
    { currency: line.currency, what: 'outstanding', items: String(line.items), amount: amount(line.outstanding) },
    { currency: line.currency, what: 'charges', items: '', amount: amount(line.charges) },
    { currency: line.currency, what: 'unallocated', items: '', amount: amount(line.unallocated) },
  ]);
  return table(rows, [
    { head: 'currency', value: (row) => row.currency },
    { head: 'bucket', value: (row) => row.what },
    { head: 'items', value: (row) => row.items, align: 'right' },
    { head: 'amount', value: (row) => row.amount, align: 'right' },
  ]);
}

/** The figures: pipeline and ageing as of any day, as known at any moment. */
export function addFigureCommands(program: Command, context: CliContext): void {
  program
    .command('pipeline')
    .description('deals by stage, weighted, as of a day')
    .option('--as-of <date>', 'business date, default today')
    .option('--as-known-at <instant>', 'only what had been recorded by then')
    .option('--group-by <what>', 'owner, manager or region')
    .action(async (options: AsOfOptions & { groupBy?: string }) => {
      const query = asOfQuery(options);
      if (options.groupBy !== undefined) query.set('groupBy', options.groupBy);
      const answer = await context.api().get<PipelineAnswer>(`/v1/insights/pipeline?${query}`);
      if (context.json()) return printJson(answer);
      print(`Pipeline as of ${answer.asOf}, win rate ${answer.winRate ?? '–'} %`);
      print(pipelineTable(answer));
      print(forecastTable(answer));
    });

  program
    .command('ageing')
    .description('open items by days overdue, as of a day')
    .option('--as-of <date>', 'business date, default today')
    .option('--as-known-at <instant>', 'only what had been recorded by then')
    .action(async (options: AsOfOptions) => {
      const answer = await context.api().get<AgeingAnswer>(`/v1/insights/ageing?${asOfQuery(options)}`);
      if (context.json()) return printJson(answer);
      print(`Ageing as of ${answer.asOf}`);
      print(ageingTable(answer));
    });
}

interface AsOfOptions {
  readonly asOf?: string;
  readonly asKnownAt?: string;
}

function asOfQuery({ asOf, asKnownAt }: AsOfOptions): URLSearchParams {
  const query = new URLSearchParams();
  if (asOf !== undefined) query.set('asOf', asOf);
  if (asKnownAt !== undefined) query.set('asKnownAt', asKnownAt);
  return query;
}
