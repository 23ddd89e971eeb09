import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import pg from 'pg';
import { UNFINISHED_RESTORE } from '../embedded/data-folder.ts';
import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';
import { type BackupSummary, checkBackup, type Progress } from './check-backup.ts';
import type { Manifest } from './manifest.ts';

export interface PlanOptions {
  readonly file: string;
  readonly dataFolder: string;
  /** An empty database instead of the embedded one. */
  readonly databaseUrl?: string | undefined;
  /** Later backups: what they say was erased is erased here too. */
  readonly erasuresFrom: readonly string[];
  /** Throws to break off. */
  readonly progress: Progress;
}

export interface RestorePlan {
  readonly manifest: Manifest;
  /** Subjects whose keys are destroyed, whatever the backup holds of them. */
  readonly erased: readonly string[];
}

/** What a restore would do; nothing is made. Throws StartFault where it could not be done. */
export async function planRestore(options: PlanOptions): Promise<RestorePlan> {
  if (environment.eventStore !== undefined)
    throw new StartFault(
      'A backup is restored into PostgreSQL: unset EVENTSTORE_URL, restore, then move the logs with kontor migrate-store.',
    );
  await requireEmpty(resolve(options.dataFolder));
  const summary = await checkBackup(options.file, options.progress);
  const { manifest, destroyed } = summary;
  const later: BackupSummary[] = [];
  for (const file of options.erasuresFrom) later.push(await checkBackup(file, options.progress));
  if (options.databaseUrl !== undefined) await requireNoLogs(options.databaseUrl, manifest);
  // Only now: it loads the rules of every service.
  const { requireKnownEvents } = await import('./known-events.ts');
  await requireKnownEvents(options.file, summary);
  return { manifest, erased: [...new Set([...destroyed, ...later.flatMap((backup) => backup.destroyed)])] };
}

async function requireEmpty(path: string): Promise<void> {
  const names = (await namesIn(path)) ?? [];
  if (names.includes(UNFINISHED_RESTORE))
    throw new StartFault(`A restore into ${path} was interrupted: remove that folder, then restore again.`);
  if (names.length > 0)
    throw new StartFault(`The folder ${path} is not empty: a backup is restored into an empty one.`);
}

/** Undefined: there is no such folder. */
export async function namesIn(path: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') throw new StartFault(`${path} is not a folder.`);
    if (code === 'EACCES') throw new StartFault(`There is no permission to read ${path}.`);
    throw error;
  }
}

async function requireNoLogs(databaseUrl: string, manifest: Manifest): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    const { rows } = await client.query<{ nspname: string }>(
      `select nspname from pg_namespace where nspname = any ($1) limit 1`,
      [manifest.logs.map(({ service }) => `${service}_log`)],
    );
    if (rows[0] !== undefined)
      throw new StartFault('The database is not empty: a backup is restored into an empty one.');
  } catch (error) {
    if (error instanceof StartFault) throw error;
    const { code, message } = error as { code?: string; message: string };
    throw new StartFault(`The database cannot be used (${message === '' ? code : message}).`, { cause: error });
  } finally {
    // The answer, or the fault above, is already known.
    await client.end().catch(() => undefined);
  }
}
