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
import type { Progress } from './check-backup.ts';
import { leaveOutAgain } from './left-out.ts';
import { loadBackup } from './load-backup.ts';
import type { Manifest } from './manifest.ts';
import { namesIn, type PlanOptions, type RestorePlan } from './plan-restore.ts';

export interface RestoreOptions extends PlanOptions {
  readonly timeZone: string;
  readonly baseCurrency: string;
}

export interface Restored {
  readonly createdAt: string;
  readonly withKeys: boolean;
  readonly erased: number;
  readonly logs: readonly { readonly service: string; readonly events: string; readonly sealed: string }[];
}

/**
 * Loads a backup, as planned, into an empty data folder, applies every destroyed key, compares the logs with their seals and folds the read
 * models. What was made is taken away again when something fails.
 */
export async function restore(options: RestoreOptions, { manifest, erased }: RestorePlan): Promise<Restored> {
  const path = resolve(options.dataFolder);
  const isNew = (await namesIn(path)) === undefined;
  const folder = await DataFolder.open(path, productVersion());
  let done = false;
  const undo: (() => Promise<unknown>)[] = [() => folder.close()];
  try {
    // Until it is gone nobody starts on this folder: a restore that was killed leaves half a firm.
    await writeFile(folder.file(UNFINISHED_RESTORE), '');
    const logger = logInto(folder);
    const { databaseUrl, postgres } = await openDatabase(options, folder, logger);
    if (postgres !== undefined) undo.push(() => postgres.stop());
    await folder.writeSecret('seal-public-keys.pem', manifest.sealKeys);
    const pool = new pg.Pool({ connectionString: databaseUrl });
    // A pool has ended before its connections have: the server's goodbye to one of them is no fault.
    pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection broke'));
    undo.push(() => pool.end());
    const schemas = await schemasIn(pool);
    undo.push(async () => {
      if (!done && postgres === undefined) await dropSchemas(pool, schemas);
    });
    await loadBackup(pool, options.file, manifest, options.progress);
    const vault = await PostgresKeyVault.open(pool);
    for (const subject of erased) await vault.destroy(subject);
    const platform = await embeddedPlatform(options, folder, databaseUrl, await openIssuer(folder), logger);
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

async function takeAway(path: string, whole: boolean): Promise<void> {
  if (whole) return rm(path, { recursive: true, force: true });
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
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
  for (const service of services) {
    await leaveOutAgain(service);
    await service.prepare();
  }
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
