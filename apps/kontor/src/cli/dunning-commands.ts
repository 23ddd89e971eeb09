import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { currencyExponent, isBusinessDate, isCurrency } from '@kontor/kernel';
import { type Command, InvalidArgumentError } from 'commander';
import type { ApiClient } from './api-client.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { type CasesAnswer, casesTable } from './dunning-tables.ts';
import { addNoticeCommands } from './notice-commands.ts';
import { amount, type MoneyBody, print, printJson, table } from './output.ts';

const POLL_MS = 150;

interface PolicyBody {
  readonly currency: string;
  readonly name?: string;
  readonly daysBetweenNotices: number;
  readonly minimumBalance?: MoneyBody;
  readonly tolerance?: MoneyBody;
  readonly levels: readonly {
    readonly daysAfterDue: number;
    readonly fee: MoneyBody;
    readonly restriction?: string | null;
  }[];
  readonly interestRates?: readonly unknown[];
}

interface RunOptions {
  readonly from: string;
  readonly to: string;
  readonly policy?: string;
  readonly currency?: string;
  readonly entity?: string;
  readonly dryRun?: true;
  readonly dispatch?: true;
  readonly yes?: true;
}

export interface RunAnswer {
  readonly runId: string;
  readonly from: string;
  readonly to: string;
  readonly notices: number;
  readonly byLevel: { readonly [level: string]: number };
  readonly accounts: number;
  readonly itemLines: number;
  readonly fees: readonly MoneyBody[];
  readonly decidedDates: number;
  readonly alreadyDecided: number;
}

interface RunStatus {
  readonly status: 'running' | 'finished' | 'failed';
  readonly dates: number;
  readonly decided: number;
  readonly result: RunAnswer | null;
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

export function addDunningCommands(program: Command, context: CliContext): void {
  const dunning = program.command('dunning').description('decide dunning dates, see cases and notices');
  dunning
    .command('run')
    .description('decide every date of a range that has ended, in ascending order; decided dates stay as they are')
    .requiredOption('--from <date>', 'first date', dateOf)
    .requiredOption('--to <date>', 'last date, at the latest yesterday', dateOf)
    .option('--policy <file>', 'JSON: {currency, daysBetweenNotices, minimumBalance, levels: [{daysAfterDue, fee}]}')
    .option(
      '--currency <code>',
      'without a file: the newest stored policy of this currency, else levels at 1, 8 and 15 days with fees 0, 10 and 40',
      currencyOf,
    )
    .option('--entity <id>', 'legal entity (default: main)')
    .option('--dry-run', 'change nothing: say which notices there would be')
    .option('--dispatch', 'also send the newest notice of every case')
    .option('--yes', 'do not ask')
    .action(async (options: RunOptions) => {
      const api = context.api();
      const policy = await policyOf(api, options);
      if (options.dryRun !== true) await context.confirm(questionOf(options, policy), options.yes);
      const body = {
        from: options.from,
        to: options.to,
        dryRun: options.dryRun === true,
        dispatch: options.dispatch === true,
        ...(options.entity === undefined ? {} : { entityId: options.entity }),
        ...(policy === undefined ? {} : { policy }),
      };
      const answer = await runAndWatch(api, body, process.stderr.isTTY && !context.json());
      if (context.json()) return printJson(answer);
      printRun(answer, body.dryRun);
    });

  dunning
    .command('cases')
    .description('dunning cases with level and what is overdue')
    .option('--as-of <date>', 'business date, default today')
    .option('--as-known-at <instant>', 'only what had been recorded by then')
    .option('--state <state>', 'open, closed or all', 'open')
    .option('--limit <number>', 'page size, 1 to 500', '50')
    .option('--cursor <text>', 'the page after this one')
    .action(async (options: CasesOptions) => {
      const query = new URLSearchParams({ state: options.state, limit: options.limit });
      if (options.asOf !== undefined) query.set('asOf', options.asOf);
      if (options.asKnownAt !== undefined) query.set('asKnownAt', options.asKnownAt);
      if (options.cursor !== undefined) query.set('cursor', options.cursor);
      const answer = await context.api().get<CasesAnswer>(`/v1/insights/dunning/cases?${query}`);
      if (context.json()) return printJson(answer);
      print(`Dunning cases (${options.state}) as of ${answer.asOf}`);
      print(casesTable(answer));
      if (answer.next !== null) print(`more: --cursor ${answer.next}`);
    });

  addNoticeCommands(dunning, context);
}

interface CasesOptions {
  readonly asOf?: string;
  readonly asKnownAt?: string;
  readonly state: string;
  readonly limit: string;
  readonly cursor?: string;
}

/** The policy to send; undefined leaves it to the platform, which takes the newest one in the entity's base currency. */
async function policyOf(api: ApiClient, { policy, currency, entity }: RunOptions): Promise<PolicyBody | undefined> {
  if (policy !== undefined) return policyIn(policy, currency);
  if (currency === undefined) return undefined;
  const query = new URLSearchParams({ limit: '1', currency, ...(entity === undefined ? {} : { entityId: entity }) });
  const { items } = await api.get<{ items: readonly StoredPolicy[] }>(`/v1/dunning/policies?${query}`);
  const [newest] = items;
  return newest === undefined ? defaultPolicy(currency) : contentOf(newest);
}

type StoredPolicy = Required<PolicyBody>;

function contentOf({
  currency,
  name,
  daysBetweenNotices,
  minimumBalance,
  tolerance,
  ...more
}: StoredPolicy): PolicyBody {
  const levels = more.levels.map(({ daysAfterDue, fee, restriction }) => ({
    daysAfterDue,
    fee,
    restriction: restriction ?? null,
  }));
  return { currency, name, daysBetweenNotices, minimumBalance, tolerance, levels, interestRates: more.interestRates };
}

function policyIn(file: string, currency: string | undefined): PolicyBody {
  let policy: PolicyBody;
  try {
    policy = JSON.parse(readFileSync(file, 'utf8')) as PolicyBody;
  } catch (error) {
    throw new CliFault(`The policy ${file} cannot be read: ${(error as Error).message}.`);
  }
  if (currency !== undefined && policy.currency !== currency)
    throw new CliFault(`The policy ${file} is in ${policy.currency}, not in ${currency}.`);
  return policy;
}

export function defaultPolicy(currency: string): PolicyBody {
  const major = (units: number) => ({ amountMinor: units * 10 ** currencyExponent(currency), currency });
  return {
    currency,
    daysBetweenNotices: 7,
    minimumBalance: major(0),
    levels: [
      { daysAfterDue: 1, fee: major(0) },
      { daysAfterDue: 8, fee: major(10) },
      { daysAfterDue: 15, fee: major(40) },
    ],
  };
}

function questionOf({ from, to, dispatch }: RunOptions, policy: PolicyBody | undefined): string {
  const levels = policy?.levels.map(({ daysAfterDue, fee }) => `${daysAfterDue} days: ${amount(fee)}`).join(', ');
  const by = levels === undefined ? 'by the newest stored policy' : `at levels ${levels}`;
  const sending = dispatch === true ? ', and send the newest notice of every case' : '';
  return `Decide every date from ${from} to ${to} ${by}${sending}? Decided dates cannot be undone.`;
}

/** Starts the run and watches it: a range of years may take longer than an answer should. */
async function runAndWatch(api: ApiClient, body: object, shown: boolean): Promise<RunAnswer> {
  const headers = { prefer: 'respond-async' };
  const { location } = await api.post<{ location: string }>('/v1/dunning/runs', body, headers);
  const bar = shown
    ? new SingleBar({
        format: 'dunning [{bar}] {value}/{total} dates, {eta_formatted} left',
        stream: process.stderr,
        clearOnComplete: true,
      })
    : undefined;
  let begun = false;
  try {
    for (;;) {
      const { status, dates, decided, result, problem } = await api.get<RunStatus>(location);
      if (!begun) bar?.start(dates, decided);
      begun = true;
      bar?.update(decided);
      if (result !== null) return result;
      if (status === 'failed') throw new CliFault(`${problem?.detail} [${problem?.code}]`, problem?.code);
      await delay(POLL_MS);
    }
  } finally {
    bar?.stop();
  }
}

function printRun(answer: RunAnswer, dryRun: boolean): void {
  const rows = [
    ['dates decided', answer.decidedDates],
    ['of them decided before', answer.alreadyDecided],
    ['notices', answer.notices],
    ...Object.entries(answer.byLevel).map(([level, notices]) => [`at level ${level}`, notices]),
    ['accounts', answer.accounts],
    ['items listed', answer.itemLines],
    ['fees', answer.fees.map(amount).join(', ')],
  ] as const;
  print(`Dunning from ${answer.from} to ${answer.to}${dryRun ? ': a trial, nothing was changed' : ''}`);
  print(
    table(rows, [
      { head: 'what', value: ([what]) => what },
      { head: '', value: ([, value]) => value, align: 'right' },
    ]),
  );
}

function dateOf(text: string): string {
  if (!isBusinessDate(text)) throw new InvalidArgumentError('must be a calendar date YYYY-MM-DD');
  return text;
}

function currencyOf(text: string): string {
  if (!isCurrency(text)) throw new InvalidArgumentError('must be a currency of ISO 4217, such as USD');
  return text;
}
