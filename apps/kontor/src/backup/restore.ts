import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PostgresKeyVault, verifyLog } from '@kontor/event-store';
import pg from 'pg';
import { installationAggregate } from '../administration/installation.decider.ts';
import { type Platform, sealsOf } from '../composition/platform.ts';
import { DataFolder, UNFINISHED_RESTORE } from '../embedded/data-folder.ts';
import { embeddedPlatform, logInto, openDatabase, openIssuer } from '../embedded/start.ts';
import { productVersion } from '../product-version.ts';
import { StartFault } from '../start-fault.ts';
import { type BackupSummary, checkBackup, type Progress } from './check-backup.ts';
import { loadBackup } from './load-backup.ts';
import type { Manifest } from './manifest.ts';

export interface RestoreOptions {
  readonly file: string;
  readonly dataFolder: string;
  /** An empty database instead of the embedded one. */
  readonly databaseUrl?: string | undefined;
  /** Later backups: what they say was erased is erased here too. */
  readonly erasuresFrom: readonly string[];
  readonly timeZone: string;
  readonly baseCurrency: string;
  /** Throws to break off: what was made is taken away. */
  readonly progress: Progress;
}

export interface Restored {
  readonly createdAt: string;
  readonly withKeys: boolean;
  readonly erased: number;
  readonly logs: readonly { readonly service: string; readonly events: string; readonly sealed: string }[];
}

/** What a restore would do; nothing is made. Throws StartFault where it could not be done. */
export async function planRestore(
  options: Pick<RestoreOptions, 'file' | 'dataFolder' | 'databaseUrl' | 'erasuresFrom' | 'progress'>,
): Promise<{ readonly manifest: Manifest; readonly erased: readonly string[] }> {
  await requireEmpty(resolve(options.dataFolder));
  const { manifest, destroyed } = await checkBackup(options.file, options.progress);
  const later: BackupSummary[] = [];
  for (const file of options.erasuresFrom) later.push(await checkBackup(file, options.progress));
  if (options.databaseUrl !== undefined) await requireNoLogs(options.databaseUrl, manifest);
  return { manifest, erased: [...new Set([...destroyed, ...later.flatMap((backup) => backup.destroyed)])] };
}

/**
 * Loads a backup into an empty data folder, applies every destroyed key, compares the logs with their seals and folds the read
 * models. What was made is taken away again when something fails.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const path = resolve(options.dataFolder);
  const { manifest, erased } = await planRestore(options);
  const isNew = (await namesIn(path)) === undefined;
  const folder = await DataFolder.open(path, productVersion());
  let done = false;
  const undo: (() => Promise<unknown>)[] = [() => folder.close()];
  try {
    // Until it is gone nobody starts on this folder: a restore that was killed leaves half a firm.
    await writeFile(folder.file(UNFINISHED_RESTORE), '');
    const { databaseUrl, postgres } = await openDatabase(options, folder);
    if (postgres !== undefined) undo.push(() => postgres.stop());
    await folder.writeSecret('seal-public-keys.pem', manifest.sealKeys);
    const pool = new pg.Pool({ connectionString: databaseUrl });
    undo.push(() => pool.end());
    const schemas = await schemasIn(pool);
    undo.push(async () => {
      if (!done && postgres === undefined) await dropSchemas(pool, schemas);
    });
    await loadBackup(pool, options.file, manifest, options.progress);
    const vault = await PostgresKeyVault.open(pool);
    for (const subject of erased) await vault.destroy(subject);
    const platform = await embeddedPlatform(options, folder, databaseUrl, await openIssuer(folder), logInto(folder));
    undo.push(() => platform.stop());
    const logs = await verify(platform, manifest, options.progress);
    await fold(platform, options.progress);
    await record(platform, manifest);
    await rm(folder.file(UNFINISHED_RESTORE));
    done = true;
    return { createdAt: manifest.createdAt, withKeys: manifest.withKeys, erased: erased.length, logs };
  } finally {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
    if (!done) await takeAway(path, isNew);
  }
}

async function requireEmpty(path: string): Promise<void> {
  const names = (await namesIn(path)) ?? [];
  if (names.includes(UNFINISHED_RESTORE))
    throw new StartFault(`A restore into ${path} was interrupted: remove that folder, then restore again.`);
  if (names.length > 0)
    throw new StartFault(`The folder ${path} is not empty: a backup is restored into an empty one.`);
}

/** Undefined: there is no such folder. */
async function namesIn(path: string): Promise<readonly string[] | undefined> {
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

async function takeAway(path: string, whole: boolean): Promise<void> {
  if (whole) return rm(path, { recursive: true, force: true });
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
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
    await client.end().catch(() => undefined);
  }
}

async function schemasIn(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>('select nspname as name from pg_namespace');
  return rows.map(({ name }) => name);
}

async function dropSchemas(pool: pg.Pool, before: readonly string[]): Promise<void> {
  for (const name of await schemasIn(pool))
    if (!before.includes(name) && !name.startsWith('pg_'))
      await pool.query(`drop schema if exists ${pg.escapeIdentifier(name)} cascade`);
}

async function verify(
  { services, pool, seals }: Platform,
  manifest: Manifest,
  progress: Progress,
): Promise<Restored['logs']> {
  const logs: Restored['logs'][number][] = [];
  for (const { service, position } of manifest.logs) {
    const store = services.find(({ name }) => name === service)?.store;
    if (store === undefined)
      throw new StartFault(`The backup holds a log of ${service}, which this version does not know.`);
    const verified = await verifyLog({
      ...{ pool, store, schema: sealsOf(service), trusted: seals.trusted },
      progress: (done, total) => progress(`verifying ${service}`, Number(done), Number(total)),
    });
    if (verified.broken !== null)
      throw new StartFault(`The log of ${service} is not as it was sealed: ${verified.broken.sentence}.`);
    logs.push({ service, events: position, sealed: verified.verified.toString() });
  }
  return logs;
}

/** Read models alone: processes go on by themselves at the next start, and get the receipts of what they sent long ago. */
async function fold({ services }: Platform, progress: Progress): Promise<void> {
  for (const service of services) await service.prepare();
  const projections = services.flatMap((service) => service.projections);
  for (const [index, { projection, live }] of projections.entries()) {
    progress(`folding ${projection.name}`, index, projections.length);
    await live.catchUp();
  }
  progress('folding', projections.length, projections.length);
}

async function record({ services, clock }: Platform, { createdAt, product, withKeys }: Manifest): Promise<void> {
  const accounts = services.find(({ name }) => name === 'accounts');
  const commandId = crypto.randomUUID();
  await accounts?.runner.execute(
    installationAggregate,
    'main',
    { type: 'RecordInstallationDeed', deed: { type: 'BackupRestored', data: { createdAt, product, withKeys } } },
    {
      commandId,
      requestHash: '',
      actor: 'administrator',
      origin: 'person',
      correlationId: commandId,
      occurredAt: clock.now(),
    },
  );
}
