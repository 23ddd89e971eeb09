import { setTimeout as delay } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { Argument, type Command } from 'commander';
import { projectionName } from '../platform/projection-names.ts';
import { address } from './api-client.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { NearTheHead } from './near-the-head.ts';
import { print, printJson, table } from './output.ts';

interface Rebuild {
  readonly projection: string;
  readonly schema: string;
  readonly state: string;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly done: string;
  readonly total: string;
  readonly unit: string;
  readonly eventsPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly caughtUp: boolean;
  readonly error: string | null;
  readonly parkedStreams: number;
  readonly comparison: Comparison | null;
}

export interface Comparison {
  readonly at: string;
  readonly positions: { readonly [service: string]: string };
  readonly equal: boolean;
  readonly tables: readonly {
    readonly table: string;
    readonly verdict: string;
    readonly live: { readonly rows: string } | null;
    readonly rebuilt: { readonly rows: string } | null;
    readonly differentRows: number;
    readonly first: readonly {
      readonly key: object;
      readonly live: { readonly [column: string]: unknown } | null;
      readonly rebuilt: { readonly [column: string]: unknown } | null;
      readonly events: readonly { readonly service: string; readonly position: string; readonly eventId: string }[];
    }[];
  }[];
}

interface Options {
  readonly inPlace?: true;
  readonly yes?: true;
  readonly detach?: true;
  readonly dryRun?: true;
  readonly acceptDifferences?: true;
  readonly reason?: string;
}

const POLL_MS = 500;
/** A fault that has lasted for so long without an event more is said, and no longer waited for. */
const STUCK_MS = 15_000;
const STEPS = ['start', 'status', 'pause', 'resume', 'cancel', 'compare', 'switch', 'switch-back', 'discard'] as const;
/** Steps that cannot be undone, and what they do to the copy. */
const DROPS: { readonly [step: string]: string } = { cancel: 'building or paused', discard: 'kept' };

/** Rebuilds beside the live projection, and in place (X-03). */
export function addRebuildCommands(program: Command, context: CliContext): void {
  program
    .command('rebuild [projection]')
    .description(
      'fold a projection from the first event beside the live one, compare, and switch; without one: all rebuilds that there are or were',
    )
    .addArgument(new Argument('[step]', 'what to do; start builds the copy and compares it').choices(STEPS))
    .option('--in-place', 'drop the rows of the live projection and fold it again: queries are incomplete meanwhile')
    .option('--detach', 'with start: do not wait for the copy')
    .option('--accept-differences', 'with switch: the differences found are what the rebuild is for')
    .option('--dry-run', 'with cancel and discard: say what would be dropped')
    .option('--reason <text>', 'kept with the event of the deed')
    .option('--yes', 'do not ask before what cannot be undone')
    .action(async (projection: string | undefined, step: (typeof STEPS)[number] | undefined, options: Options) => {
      if (projection === undefined) return list(context, options);
      // A trial that is not one would do what it was to be kept from.
      if (options.dryRun === true && !(options.inPlace !== true && step !== undefined && step in DROPS))
        throw new CliFault('--dry-run goes with the steps cancel and discard alone; nothing was done.');
      if (options.inPlace === true) return refold(context, projection, step, options);
      const path = address`/v1/platform/rebuilds/${projection}`;
      const body = options.reason === undefined ? {} : { reason: options.reason };
      if (step === 'status') return show(context, await context.api().get<Rebuild>(path));
      if (step === undefined || step === 'start') {
        const started = await context.api().post<Rebuild>('/v1/platform/rebuilds', { projection, ...body });
        if (options.detach === true) return show(context, started);
        if (!(await caughtUp(context, projection))) return show(context, await context.api().get<Rebuild>(path));
        return show(
          context,
          await context.waiting(`comparing ${projection}`, context.api().post<Rebuild>(`${path}/compare`, body)),
        );
      }
      if (step in DROPS) {
        if (options.dryRun === true) return wouldDrop(context, await context.api().get<Rebuild>(path), step);
        await context.confirm(`Drop the copy of ${projection} that is ${DROPS[step]}?`, options.yes);
      }
      const accept = options.acceptDifferences === true ? { acceptDifferences: true } : {};
      const rebuild = await context.waiting(
        `${step} of ${projection}`,
        context.api().post<Rebuild>(`${path}/${step}`, { ...body, ...accept }),
      );
      if ((step === 'switch' || step === 'switch-back') && !context.json())
        print(`The views of ${projection} have been switched. What they stood on before:`);
      show(context, rebuild);
    });
}

async function list(context: CliContext, options: Options): Promise<void> {
  if (Object.keys(options).length > 0) throw new CliFault('Name the projection; nothing was done.');
  const { items } = await context.api().get<{ items: readonly Rebuild[] }>('/v1/platform/rebuilds');
  if (context.json()) return printJson({ items });
  if (items.length === 0) return print('There was no rebuild yet.');
  print(
    table(items, [
      { head: 'projection', value: (row) => row.projection },
      { head: 'schema', value: (row) => row.schema },
      { head: 'state', value: (row) => row.state },
      { head: 'started', value: (row) => `${row.startedAt} by ${row.startedBy}` },
      { head: 'done', value: (row) => `${row.done} of ${row.total} ${unitOf(row)}`, align: 'right' },
      { head: 'left (s)', value: (row) => row.secondsLeft, align: 'right' },
      { head: 'compared', value: (row) => comparedAs(row.comparison) },
      { head: 'error', value: (row) => row.error },
    ]),
  );
}

function comparedAs(comparison: Comparison | null): string {
  if (comparison === null) return '';
  return comparison.equal ? 'equal' : 'different';
}

/** False: it was paused or cancelled meanwhile. */
async function caughtUp(context: CliContext, projection: string): Promise<boolean> {
  const format = `${projection} [{bar}] {value}/{total} {unit}, {rate} events/s, {left} left`;
  const bar = context.json() ? undefined : new SingleBar({ format, stream: process.stderr });
  bar?.start(0, 0, { unit: 'events', rate: '?', left: '?' });
  let moved = { done: '', at: performance.now() };
  const near = new NearTheHead();
  try {
    for (;;) {
      const rebuild = await context.api().get<Rebuild>(address`/v1/platform/rebuilds/${projection}`);
      bar?.setTotal(Number(rebuild.total));
      bar?.update(Number(rebuild.done), {
        unit: unitOf(rebuild),
        rate: rebuild.eventsPerSecond ?? '?',
        left: rebuild.secondsLeft === null ? '?' : `${rebuild.secondsLeft} s`,
      });
      if (rebuild.state !== 'building') return false;
      if (near.reached(rebuild.done, rebuild.total, performance.now())) return true;
      if (rebuild.error === null || rebuild.done !== moved.done) moved = { done: rebuild.done, at: performance.now() };
      if (performance.now() - moved.at > STUCK_MS)
        throw new CliFault(`${projection} gets no further: ${rebuild.error}. It goes on when it can; cancel drops it.`);
      await delay(POLL_MS);
    }
  } finally {
    bar?.stop();
  }
}

/** On EventStoreDB nobody knows how many events a log has before all are read; how far it is read is known all the same. */
const unitOf = ({ unit }: { readonly unit: string }): string => (unit === 'bytes' ? 'bytes of the log' : unit);

function show(context: CliContext, rebuild: Rebuild): void {
  if (context.json()) return printJson(rebuild);
  const { projection, schema, state, startedBy, startedAt, done, total, comparison, error } = rebuild;
  print(`${projection} in ${schema}: ${state}, started by ${startedBy} at ${startedAt}`);
  if (state === 'building' || state === 'paused' || state === 'kept') {
    const folding = state === 'building' && !rebuild.caughtUp;
    const rate = !folding || rebuild.eventsPerSecond === null ? '' : `, ${rebuild.eventsPerSecond} events/s`;
    const left = !folding || rebuild.secondsLeft === null ? '' : `, ${rebuild.secondsLeft} s left`;
    print(
      `${done} of ${total} ${unitOf(rebuild)}${rate}${left}${rebuild.parkedStreams > 0 ? `, ${rebuild.parkedStreams} parked` : ''}`,
    );
  }
  if (error !== null) print(`error: ${error}`);
  if (state === 'kept')
    print(
      `It was live before the switch and is folded on. Back to it: kontor rebuild ${projection} switch-back; done with it: discard`,
    );
  if (comparison === null) return;
  printComparison(comparison);
  if (state === 'building')
    print(`Put it live: kontor rebuild ${projection} switch${comparison.equal ? '' : ' --accept-differences'}`);
}

export function printComparison({ at, positions, equal, tables }: Comparison): void {
  const where = Object.entries(positions).map(([service, position]) => `${service}:${position}`);
  print(`compared at ${at}, ${where.join(',')}: ${equal ? 'equal' : 'different'}`);
  print(
    table(tables, [
      { head: 'table', value: (row) => row.table },
      { head: 'verdict', value: (row) => row.verdict },
      { head: 'live rows', value: (row) => row.live?.rows, align: 'right' },
      { head: 'rebuilt rows', value: (row) => row.rebuilt?.rows, align: 'right' },
      { head: 'different', value: (row) => row.differentRows, align: 'right' },
    ]),
  );
  for (const compared of tables)
    for (const { key, live, rebuilt, events } of compared.first) {
      print(`${compared.table} ${JSON.stringify(key)}`);
      for (const column of Object.keys({ ...live, ...rebuilt })) {
        const [left, right] = [JSON.stringify(live?.[column]), JSON.stringify(rebuilt?.[column])];
        if (left !== right) print(`  ${column}: live ${left ?? 'not there'}, rebuilt ${right ?? 'not there'}`);
      }
      for (const { service, position, eventId } of events) print(`  event ${service} ${position} ${eventId}`);
    }
}

function wouldDrop(context: CliContext, rebuild: Rebuild, step: string): void {
  const fits = step === 'discard' ? rebuild.state === 'kept' : ['building', 'paused'].includes(rebuild.state);
  if (!fits)
    throw new CliFault(`There is nothing to ${step}: the rebuild of ${rebuild.projection} is ${rebuild.state}.`);
  if (context.json()) printJson({ dryRun: true, step, drops: rebuild.schema });
  else print(`a trial, nothing was changed: ${step} drops ${rebuild.schema}, which is ${rebuild.state}`);
}

interface Subscription {
  readonly name: string;
  readonly position: string;
  readonly lagEvents: string | null;
}

async function refold(context: CliContext, projection: string, step: string | undefined, options: Options) {
  if (step !== undefined) throw new CliFault('--in-place takes no step.');
  const { reason } = options;
  await context.confirm(`Drop ${projection} and fold it again? Queries on it are incomplete meanwhile.`, options.yes);
  await context
    .api()
    .post(address`/v1/platform/projections/${projection}/rebuild`, reason === undefined ? {} : { reason });
  const folded = await watchRefold(context, projection);
  if (context.json()) printJson({ projection, subscriptions: folded });
  else print(`${projection} has been folded from the first event.`);
}

async function watchRefold(context: CliContext, projection: string): Promise<Subscription[]> {
  const bar = new SingleBar({
    format: `${projection} [{bar}] {value}/{total} {unit}, {eta_formatted} left`,
    stream: process.stderr,
  });
  const name = projectionName(projection);
  let shown = false;
  for (;;) {
    const { services, lagUnit } = await context
      .api()
      .get<{ services: readonly { subscriptions: readonly Subscription[] }[]; lagUnit: string }>('/v1/platform/status');
    const lines = services.flatMap((service) => service.subscriptions).filter((line) => line.name === name);
    const done = lines.reduce((sum, line) => sum + Number(line.position), 0);
    const left = lines.reduce((sum, line) => sum + Number(line.lagEvents ?? 0), 0);
    if (!shown && left > 0 && !context.json()) {
      bar.start(done + left, done, { unit: unitOf({ unit: lagUnit }) });
      shown = true;
    }
    if (shown) bar.update(done);
    if (left === 0) {
      if (shown) bar.stop();
      return lines;
    }
    await delay(POLL_MS);
  }
}
