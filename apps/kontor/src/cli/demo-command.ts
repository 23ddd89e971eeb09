import { isBusinessDate } from '@kontor/kernel';
import { type Command, InvalidArgumentError } from 'commander';
import { buildDemo } from '../demo/build-demo.ts';
import { DEMO_SEED, DEMO_SIZE, MAX_DEMO_SIZE } from '../kontor.config.ts';
import type { CliContext } from './context.ts';
import { print, printJson } from './output.ts';

interface DemoOptions {
  readonly size: number;
  readonly seed: number;
  readonly currency: string;
  readonly today?: string;
}

/** Generated data of any size, by the commands that people use. */
export function addDemoCommand(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description('build a firm with two years of history; the same seed, size and day are the same firm')
    .option('--size <number>', `number of accounts, 1 to ${MAX_DEMO_SIZE}`, sizeOf, DEMO_SIZE)
    .option('--seed <number>', 'what the choices follow from', seedOf, DEMO_SEED)
    .option('--currency <code>', 'currency of the firm', 'EUR')
    .option('--today <date>', 'last day of the two years; to go on with a build of another day', dateOf)
    .action(async ({ size, seed, currency, today }: DemoOptions) => {
      const api = context.api();
      const order = { size, seed, today: today ?? (await todayOf(api)) };
      const report = await buildDemo(api, order, {
        currency,
        showProgress: process.stderr.isTTY && !context.json(),
      });
      if (context.json()) return printJson(report);
      const { accounts, deals, orders, claims, notices, seconds } = report;
      print(
        `A firm with ${accounts} accounts, ${deals} deals, ${orders} orders, ${claims} claims and ${notices} dunning notices up to ${report.today}, in ${seconds} s.`,
      );
    });
}

/** Today of the legal entity, which need not be today here. */
export async function todayOf(api: { get<Body>(path: string): Promise<Body> }): Promise<string> {
  const { asOf } = await api.get<{ asOf: string }>('/v1/insights/ageing');
  return asOf;
}

function sizeOf(text: string): number {
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1 || size > MAX_DEMO_SIZE)
    throw new InvalidArgumentError(`must be 1 to ${MAX_DEMO_SIZE}`);
  return size;
}

function seedOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number of at most 9 digits');
  return Number(text);
}

function dateOf(text: string): string {
  if (!isBusinessDate(text)) throw new InvalidArgumentError('must be a calendar date YYYY-MM-DD');
  return text;
}
