import { SingleBar } from 'cli-progress';
import { type Command, Option } from 'commander';
import type { EventStoreServer } from '../composition/event-stores.ts';
import { Mistake, type Setting } from '../configuration/setting.ts';
import { settings } from '../configuration/settings.ts';
import { environment, requireConfigured } from '../kontor.config.ts';
import type { Migrated, MigrationProgress } from '../migration/migrate-store.ts';
import { StartFault } from '../start-fault.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { type Column, print, printJson, table } from './output.ts';

interface MigrateArguments {
  readonly from: 'postgres' | 'eventstore';
  readonly to: 'postgres' | 'eventstore';
  readonly database?: string;
  readonly eventstore?: string;
  readonly prefix?: string;
  readonly dryRun?: true;
}

/** Between two lines where no terminal shows a bar. */
const LINE_EVERY_MS = 5_000;

/** The logs of all services from one store to the other, offline. */
export function addMigrateCommand(program: Command, context: CliContext): void {
  const store = (flags: string, what: string) =>
    new Option(flags, what).choices(['postgres', 'eventstore']).makeOptionMandatory();
  program
    .command('migrate-store')
    .description(
      'move the logs of all services to another event store, while Kontor is stopped; run again after a kill',
    )
    .addOption(store('--from <store>', 'where the logs lie'))
    .addOption(store('--to <store>', 'where they are to lie'))
    // No defaults of commander's: its help would print them, and addresses hold passwords.
    .option('--database <url>', 'PostgreSQL, when it is not the one in the data folder (KONTOR_DATABASE_URL)')
    .option('--eventstore <url>', 'EventStoreDB (EVENTSTORE_URL)')
    .option('--prefix <text>', 'before all its streams (KONTOR_EVENTSTORE_PREFIX)')
    .option('--dry-run', 'say what would be moved, and write nothing')
    .addHelpText(
      'after',
      '\nCopies every event in order with its id, bytes, metadata and recorded time, compares both logs by hash, and then switches in one ' +
        'transaction: checkpoints, positions and seals are translated. Until then the old store is the one that counts.\n' +
        'From EventStoreDB it switches only when a writer that lost contact must have noticed, and looks at the old logs again.\n' +
        'Afterwards: start with EVENTSTORE_URL (or without it). See docs/eventstoredb.md.',
    )
    .action(async (options: MigrateArguments) => {
      if (options.from === options.to) throw new CliFault('--from and --to name the same store.');
      const database = checked('--database', settings.databaseUrl, options.database) ?? environment.databaseUrl;
      const url = checked('--eventstore', settings.eventStoreUrl, options.eventstore) ?? environment.eventStoreUrl;
      const prefix = checked('--prefix', settings.eventStorePrefix, options.prefix) ?? environment.eventStorePrefix;
      const shown = progressOf(context.json());
      try {
        // A prefix in the environment that was not understood would be none: the logs of somebody else.
        requireConfigured();
        if (url === undefined) throw new CliFault('Name the EventStoreDB with --eventstore or EVENTSTORE_URL.');
        const migrated = await run(context, options, { database, server: { url, prefix }, progress: shown.tell });
        shown.end();
        if (context.json()) printJson(migrated);
        else tell(migrated);
      } catch (error) {
        shown.end();
        if (error instanceof StartFault) throw new CliFault(error.message);
        throw error;
      }
    });
}

/** What is said on the line is held to the rules of the environment; undefined when nothing is said. */
function checked<Value>(flag: string, setting: Setting<Value>, value: string | undefined): Value | undefined {
  if (value === undefined) return undefined;
  if (value === '') return setting.fallback;
  try {
    return setting.parse(value);
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    throw new CliFault(`${flag} ${setting.secret ? 'is something else' : `is "${value}"`}; ${error.message}.`);
  }
}

interface Where {
  readonly database: string | undefined;
  readonly server: EventStoreServer;
  readonly progress: (progress: MigrationProgress) => void;
}

async function run(
  context: CliContext,
  { from, to, dryRun }: MigrateArguments,
  { database, server, progress }: Where,
): Promise<Migrated> {
  const { migrateStore } = await import('../migration/migrate-store.ts');
  const { withDatabase } = await import('../migration/database.ts');
  const { allServices } = await import('../composition/services.ts');
  const services = await allServices();
  return withDatabase({ databaseUrl: database, dataFolder: context.dataFolder() }, (databaseUrl) =>
    migrateStore({
      ...{ databaseUrl, server, from, to, dryRun: dryRun === true, progress },
      services: services.map(({ name }) => name),
      projections: services.flatMap(({ projections }) => projections),
    }),
  );
}

function tell({ from, to, dryRun, logs, switched }: Migrated): void {
  print(
    dryRun ? `A trial, nothing was written. Would be moved from ${from} to ${to}:` : `Moved from ${from} to ${to}:`,
  );
  const planned: readonly Column<Migrated['logs'][number]>[] = [
    { head: 'log', value: (row) => row.service },
    { head: 'events', value: (row) => row.events ?? '?', align: 'right' },
    { head: 'old log', value: (row) => row.oldLogId },
  ];
  const done: readonly Column<Migrated['logs'][number]>[] = [
    { head: 'written now', value: (row) => row.written, align: 'right' },
    { head: 'new log', value: (row) => row.newLogId },
    { head: 'hash of both', value: (row) => row.hash?.slice(0, 16) },
  ];
  print(table(logs, dryRun ? planned : [...planned, ...done]));
  if (dryRun && from === 'eventstore')
    print('How many events there are is known when they are read: positions count bytes there.');
  if (switched === null) return;
  print(
    `Translated: ${switched.checkpoints} checkpoint rows, ${switched.relays} of relays, ${switched.readers} readers, ` +
      `${switched.parked} dead letters, ${switched.rows} rows of read models.`,
  );
  print(
    to === 'eventstore'
      ? 'Start Kontor with EVENTSTORE_URL from now on.'
      : 'Start Kontor without EVENTSTORE_URL from now on.',
  );
}

const STEPS: { readonly [step in MigrationProgress['step']]: string } = {
  copying: 'copying',
  comparing: 'comparing',
  waiting: 'waiting for writers that may have lost contact',
  switching: 'switching',
};

/** A bar at a terminal, else a line every few seconds; with --json nothing. */
function progressOf(json: boolean) {
  const bar = new SingleBar({
    format: '{service}: {step} [{bar}] {percentage}%{rate}, {left} left',
    stream: process.stderr,
  });
  let begun = { name: '', since: 0, events: 0n, done: 0 };
  let shownAt = 0;
  let open = false;
  return {
    tell({ service, step: name, events, done }: MigrationProgress) {
      if (json) return;
      const now = performance.now();
      // A run that goes on after a kill begins in the middle.
      if (begun.name !== `${service} ${name}`) begun = { name: `${service} ${name}`, since: now, events, done };
      const seconds = (now - begun.since) / 1_000;
      const [passed, moved] = [Number(events - begun.events), done - begun.done];
      const left = moved > 0 ? `${Math.ceil((seconds * (1 - done)) / moved)} s` : '?';
      const rate = service === 'all' ? '' : `, ${events} events, ${seconds > 0 ? Math.round(passed / seconds) : 0}/s`;
      const step = STEPS[name];
      if (process.stderr.isTTY) {
        if (!open) bar.start(1_000, 0, { service, step, rate, left });
        open = true;
        bar.update(Math.round(done * 1_000), { service, step, rate, left });
      } else if (now - shownAt > LINE_EVERY_MS || shownAt === 0 || (service === 'all' && seconds === 0)) {
        shownAt = now;
        process.stderr.write(`${service}: ${step}, ${Math.round(done * 100)} %${rate}, ${left} left\n`);
      }
    },
    end() {
      if (open) bar.stop();
    },
  };
}
