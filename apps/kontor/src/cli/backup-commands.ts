import { constants, createWriteStream, existsSync } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { databaseOption } from '../start-arguments.ts';
import { StartFault } from '../start-fault.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { print, printJson, table } from './output.ts';
import { ProgressLines } from './progress-lines.ts';

interface RestoreArguments {
  readonly database?: string;
  readonly erasuresFrom: readonly string[];
  readonly timeZone: string;
  readonly baseCurrency: string;
  readonly dryRun?: true;
}

const MEGABYTE = 1_000_000;

/** One file of everything that was ever recorded, and the way back. */
export function addBackupCommands(program: Command, context: CliContext): void {
  program
    .command('backup <file>')
    .description('write all logs, their seals and the list of destroyed keys into one file, while people work')
    .option('--with-keys', 'with the keys of personal data: without them a restore knows nobody by name')
    .action((file: string, options: { withKeys?: true }) => makeBackup(context, file, options.withKeys === true));

  program
    .command('restore <file>')
    .description(
      'load a backup into an empty data folder (--data), verify it and fold the read models; then start the platform on it',
    )
    .addOption(databaseOption('an empty database of another PostgreSQL than the embedded one'))
    .option(
      '--erasures-from <backup>',
      'a later backup: who was erased since is erased again; may be repeated',
      collect,
      [],
    )
    .option('--time-zone <name>', 'IANA time zone of the legal entity', 'Europe/Berlin')
    .option('--base-currency <code>', 'base currency of the legal entity', 'EUR')
    .option('--dry-run', 'read and check the whole file, say what is in it, and make nothing')
    .action((file: string, options: RestoreArguments) => restoreBackup(context, file, options));
}

async function makeBackup(context: CliContext, file: string, withKeys: boolean): Promise<void> {
  await requireNewFile(file);
  const part = `${file}.part`;
  try {
    const { manifest, destroyed } = await withProgress(context, async (progress) => {
      const bytes = await context.api().bytes('/v1/platform/backups', { withKeys });
      let written = 0;
      const counted = new Transform({
        transform(chunk: Buffer, _, done) {
          written += chunk.byteLength;
          try {
            progress('writing', written, 0);
            done(null, chunk);
          } catch (error) {
            done(error as Error);
          }
        },
      });
      await pipeline(Readable.fromWeb(bytes), counted, createWriteStream(part, { mode: 0o600 })).catch(cutOff);
      const { checkBackup } = await import('../backup/check-backup.ts');
      return checkBackup(part, progress);
    });
    const handle = await open(part, 'r+');
    await handle.sync();
    await handle.close();
    await rename(part, file);
    const { size } = await stat(file);
    const logs = manifest.logs.map(({ service, logId, position }) => ({ service, logId, position }));
    if (context.json()) {
      const { createdAt } = manifest;
      return printJson({ file, bytes: size, createdAt, withKeys, erased: destroyed.length, logs });
    }
    print(`${file}: ${size} bytes, ${withKeys ? 'with' : 'without'} the keys of personal data.`);
    print(
      table(logs, [
        { head: 'log', value: (row) => row.service },
        { head: 'events', value: (row) => row.position, align: 'right' },
      ]),
    );
  } finally {
    await rm(part, { force: true });
  }
}

async function restoreBackup(context: CliContext, file: string, options: RestoreArguments): Promise<void> {
  const { database: databaseUrl, erasuresFrom, timeZone, baseCurrency } = options;
  const what = { file, dataFolder: context.dataFolder(), databaseUrl, erasuresFrom, timeZone, baseCurrency };
  // What is wrong with the file is known before half of the platform is loaded.
  const { planRestore } = await import('../backup/plan-restore.ts');
  if (options.dryRun === true) {
    const { manifest, erased } = await withProgress(context, (progress) => planRestore({ ...what, progress }));
    const { createdAt, withKeys, product, postgres } = manifest;
    const logs = manifest.logs.map(({ service, logId, position }) => ({ service, logId, events: position }));
    if (context.json())
      return printJson({ dryRun: true, createdAt, withKeys, product, postgres, erased: erased.length, logs });
    print(`${file} is whole: what was recorded until ${createdAt}, ${withKeys ? 'with' : 'without'} keys.`);
    print(
      table(logs, [
        { head: 'log', value: (row) => row.service },
        { head: 'events', value: (row) => row.events, align: 'right' },
      ]),
    );
    print(`${erased.length} erased subjects would stay erased. Nothing was made.`);
    return;
  }
  const restored = await withProgress(context, async (progress) => {
    const plan = await planRestore({ ...what, progress });
    const { restore } = await import('../backup/restore.ts');
    return restore({ ...what, progress }, plan);
  });
  if (context.json()) return printJson(restored);
  print(`${context.dataFolder()} holds what was recorded until ${restored.createdAt}, as it was sealed.`);
  print(
    table(restored.logs, [
      { head: 'log', value: (row) => row.service },
      { head: 'events', value: (row) => row.events, align: 'right' },
      { head: 'verified', value: (row) => row.sealed, align: 'right' },
    ]),
  );
  if (!restored.withKeys) print('There were no keys of personal data in it: people have no names here.');
}

/** Asked before the platform is, which keeps a record of every backup that was asked for. */
async function requireNewFile(file: string): Promise<void> {
  if (existsSync(file)) throw new CliFault(`${file} is there already: name a new file.`);
  const folder = dirname(file);
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new CliFault(`There is no folder ${folder}.`);
    throw new CliFault(`There is no permission to write in ${folder}.`);
  }
}

/** A bar at a terminal, elsewhere a line now and then. Ctrl-C ends the work in order, so that nothing half done is left; a second one ends at once. */
async function withProgress<Result>(
  context: CliContext,
  work: (progress: (step: string, done: number, total: number) => void) => Promise<Result>,
): Promise<Result> {
  const progressOf = (step: string, done: number, total: number) =>
    total > 0 ? `${step} ${Math.floor((100 * done) / total)} %` : `${step} ${(done / MEGABYTE).toFixed(1)} MB`;
  const lines = process.stderr.isTTY ? undefined : new ProgressLines((text) => process.stderr.write(text));
  const bar = new SingleBar({
    format: (_, { value, total }, { step }: { step: string }) => progressOf(step, value, total),
    stream: process.stderr,
    clearOnComplete: true,
  });
  let shown = false;
  let interrupted = false;
  const interrupt = () => (interrupted = true);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    return await work((step, done, total) => {
      if (interrupted) throw new StartFault('It was interrupted; what was made is taken away.');
      if (context.json()) return;
      if (lines !== undefined) return lines.say(progressOf(step, done, total));
      if (!shown) bar.start(total, done, { step });
      shown = true;
      bar.setTotal(total);
      bar.update(done, { step });
    });
  } catch (error) {
    if (error instanceof StartFault) throw new CliFault(error.message);
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
    if (shown) bar.stop();
  }
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}

function cutOff(error: unknown): never {
  if (error instanceof StartFault) throw error;
  if ((error as { code?: unknown }).code === 'ENOSPC') throw new CliFault('There is no room left for the backup.');
  throw new CliFault(`The backup was cut off: ${error instanceof Error ? error.message : String(error)}.`);
}
