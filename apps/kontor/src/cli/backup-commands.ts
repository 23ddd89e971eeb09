import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { print, printJson, table } from './output.ts';

interface RestoreArguments {
  readonly database?: string;
  readonly erasuresFrom: readonly string[];
  readonly timeZone: string;
  readonly baseCurrency: string;
}

/** One file of everything that was ever recorded, and the way back. */
export function addBackupCommands(program: Command, context: CliContext): void {
  program
    .command('backup <file>')
    .description('write all logs, their seals and the list of destroyed keys into one file, while people work')
    .option('--with-keys', 'with the keys of personal data: without them a restore knows nobody by name')
    .action(async (file: string, options: { withKeys?: true }) => {
      if (existsSync(file)) throw new CliFault(`${file} is there already: name a new file.`);
      const part = `${file}.part`;
      try {
        const bytes = await context.api().bytes('/v1/platform/backups', { withKeys: options.withKeys === true });
        await pipeline(Readable.fromWeb(bytes), createWriteStream(part, { mode: 0o600 })).catch(cutOff);
        const { manifest, destroyed } = await asFault(async () => {
          const { checkBackup } = await import('../backup/restore.ts');
          return checkBackup(part);
        });
        const handle = await open(part, 'r+');
        await handle.sync();
        await handle.close();
        await rename(part, file);
        const { size } = await stat(file);
        const { createdAt, withKeys } = manifest;
        const logs = manifest.logs.map(({ service, logId, position }) => ({ service, logId, position }));
        if (context.json())
          return printJson({ file, bytes: size, createdAt, withKeys, erased: destroyed.length, logs });
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
    });

  program
    .command('restore <file>')
    .description(
      'load a backup into an empty data folder (--data), verify it and fold the read models; then start the platform on it',
    )
    .option(
      '--database <url>',
      'an empty database of another PostgreSQL than the embedded one',
      environment.databaseUrl,
    )
    .option(
      '--erasures-from <backup>',
      'a later backup: who was erased since is erased again; may be repeated',
      collect,
      [],
    )
    .option('--time-zone <name>', 'IANA time zone of the legal entity', 'Europe/Berlin')
    .option('--base-currency <code>', 'base currency of the legal entity', 'EUR')
    .action(async (file: string, options: RestoreArguments) => {
      const bar = new SingleBar({ format: '{step} [{bar}] {value}/{total}', stream: process.stderr });
      let shown = false;
      const restored = await asFault(async () => {
        const { restore } = await import('../backup/restore.ts');
        return restore({
          file,
          dataFolder: context.dataFolder(),
          databaseUrl: options.database,
          ...{ erasuresFrom: options.erasuresFrom, timeZone: options.timeZone, baseCurrency: options.baseCurrency },
          progress: (step, done, total) => {
            if (context.json() || !process.stderr.isTTY) return;
            if (!shown) bar.start(total, done, { step });
            shown = true;
            bar.setTotal(total);
            bar.update(done, { step });
          },
        });
      }).finally(() => {
        if (shown) bar.stop();
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
    });
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}

function cutOff(error: unknown): never {
  if ((error as { code?: unknown }).code === 'ENOSPC') throw new CliFault('There is no room left for the backup.');
  throw new CliFault(`The backup was cut off: ${error instanceof Error ? error.message : String(error)}.`);
}

async function asFault<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StartFault) throw new CliFault(error.message);
    throw error;
  }
}
