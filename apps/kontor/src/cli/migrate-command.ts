import { SingleBar } from 'cli-progress';
import { type Command, Option } from 'commander';
import { environment } from '../kontor.config.ts';
import type { Migrated, MigrationProgress } from '../migration/migrate-store.ts';
import { StartFault } from '../start-fault.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { print, printJson, table } from './output.ts';

interface MigrateArguments {
  readonly from: 'postgres' | 'eventstore';
  readonly to: 'postgres' | 'eventstore';
  readonly database?: string;
  readonly eventstore?: string;
  readonly prefix: string;
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
    .option('--database <url>', 'PostgreSQL, when it is not the one in the data folder', environment.databaseUrl)
    .option('--eventstore <url>', 'EventStoreDB (EVENTSTORE_URL)', environment.eventStoreUrl)
    .option('--prefix <text>', 'before all its streams (KONTOR_EVENTSTORE_PREFIX)', environment.eventStorePrefix)
    .option('--dry-run', 'say what would be moved, and write nothing')
    .addHelpText(
      'after',
      '\nCopies every event in order with its id, bytes, metadata and recorded time, compares both logs by hash, and then switches in one ' +
        'transaction: checkpoints, positions and seals are translated. Until then the old store is the one that counts.\n' +
        'Afterwards: start with EVENTSTORE_URL (or without it). See docs/eventstoredb.md.',
    )
    .action(async (options: MigrateArguments) => {
      if (options.from === options.to) throw new CliFault('--from and --to name the same store.');
      if (options.eventstore !== undefined && !/^esdb(\+discover)?:\/\/[^/?]+/.test(options.eventstore))
        throw new CliFault(
          `"${options.eventstore}" is no address of an EventStoreDB such as esdb://host:2113?tls=false.`,
        );
      if (options.eventstore === undefined)
        throw new CliFault('Name the EventStoreDB with --eventstore or EVENTSTORE_URL.');
      const shown = progressOf(context.json());
      try {
        const migrated = await run(context, { ...options, eventstore: options.eventstore }, shown.tell);
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

async function run(
  context: CliContext,
  options: MigrateArguments & { readonly eventstore: string },
  progress: (progress: MigrationProgress) => void,
): Promise<Migrated> {
  const { migrateStore } = await import('../migration/migrate-store.ts');
  const { withDatabase } = await import('../migration/database.ts');
  const { allServices } = await import('../composition/services.ts');
  const services = await allServices();
  return withDatabase({ databaseUrl: options.database, dataFolder: context.dataFolder() }, (databaseUrl) =>
    migrateStore({
      ...{ databaseUrl, from: options.from, to: options.to, dryRun: options.dryRun === true, progress },
      server: { url: options.eventstore, prefix: options.prefix },
      services: services.map(({ name }) => name),
      projections: services.flatMap(({ projections }) => projections),
    }),
  );
}

function tell({ from, to, dryRun, logs, switched }: Migrated): void {
  print(dryRun ? `Would be moved from ${from} to ${to}:` : `Moved from ${from} to ${to}:`);
  print(
    table(logs, [
      { head: 'log', value: (row) => row.service },
      { head: 'events', value: (row) => row.events ?? '?', align: 'right' },
      { head: 'written now', value: (row) => row.written, align: 'right' },
      { head: 'old log', value: (row) => row.oldLogId },
      { head: 'new log', value: (row) => row.newLogId },
      { head: 'hash of both', value: (row) => row.hash?.slice(0, 16) },
    ]),
  );
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

/** A bar at a terminal, else a line every few seconds; with --json nothing. */
function progressOf(json: boolean) {
  const bar = new SingleBar({
    format: '{service}: {step} [{bar}] {percentage}%, {events} events, {rate}/s, {left} left',
    stream: process.stderr,
  });
  let step = { name: '', since: 0, events: 0n };
  let shownAt = 0;
  let open = false;
  return {
    tell({ service, step: name, events, done }: MigrationProgress) {
      if (json) return;
      const now = performance.now();
      if (step.name !== `${service} ${name}`) step = { name: `${service} ${name}`, since: now, events };
      const seconds = (now - step.since) / 1_000;
      const rate = seconds > 0 ? Math.round(Number(events - step.events) / seconds) : 0;
      const left = done > 0 && seconds > 0 ? `${Math.ceil((seconds * (1 - done)) / done)} s` : '?';
      if (process.stderr.isTTY) {
        if (!open) bar.start(1_000, 0, { service, step: name, events, rate, left });
        open = true;
        bar.update(Math.round(done * 1_000), { service, step: name, events, rate, left });
      } else if (now - shownAt > LINE_EVERY_MS || shownAt === 0) {
        shownAt = now;
        process.stderr.write(
          `${service}: ${name}, ${Math.round(done * 100)} %, ${events} events, ${rate}/s, ${left} left\n`,
        );
      }
    },
    end() {
      if (open) bar.stop();
    },
  };
}
