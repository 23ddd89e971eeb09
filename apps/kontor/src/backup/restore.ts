import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type CopiedKey,
  type CopiedSeal,
  importLog,
  importSeals,
  PostgresKeyVault,
  verifyLog,
} from '@kontor/event-store';
import pg from 'pg';
import { installationAggregate } from '../administration/installation.decider.ts';
import { type Platform, sealsOf } from '../composition/platform.ts';
import { DataFolder } from '../embedded/data-folder.ts';
import { embeddedPlatform, logInto, openDatabase, openIssuer, productVersion } from '../embedded/start.ts';
import { StartFault } from '../start-fault.ts';
import { BrokenBackup, type Frame, unframed } from './frames.ts';
import { type EventLine, eventOf, type Manifest, type ManifestLog } from './manifest.ts';

export interface RestoreOptions {
  readonly file: string;
  readonly dataFolder: string;
  /** An empty database instead of the embedded one. */
  readonly databaseUrl?: string | undefined;
  /** Later backups: what they say was erased is erased here too. */
  readonly erasuresFrom: readonly string[];
  readonly timeZone: string;
  readonly baseCurrency: string;
  readonly progress: (step: string, done: number, total: number) => void;
}

export interface Restored {
  readonly createdAt: string;
  readonly withKeys: boolean;
  readonly erased: number;
  readonly logs: readonly { readonly service: string; readonly events: string; readonly sealed: string }[];
}

export interface BackupSummary {
  readonly manifest: Manifest;
  readonly destroyed: readonly string[];
}

/** Reads a backup from end to end, so that a broken one is known before anything is made. Throws StartFault with the reason. */
export async function checkBackup(
  file: string,
  progress: (bytes: number) => void = () => undefined,
): Promise<BackupSummary> {
  let manifest: Manifest | undefined;
  const destroyed: string[] = [];
  const counts = new Map<string, bigint>();
  for await (const { kind, lines } of framesOf(file, progress)) {
    if (kind === 'M') manifest = lines[0] as Manifest;
    else if (kind === 'D') destroyed.push(...(lines as string[]));
    else if (kind === 'L') {
      const service = lines[0] as string;
      counts.set(service, (counts.get(service) ?? 0n) + BigInt(lines.length - 1));
    }
  }
  if (manifest === undefined) throw new StartFault(`${file} has no manifest.`);
  for (const { service, position } of manifest.logs)
    if ((counts.get(service) ?? 0n) !== BigInt(position))
      throw new StartFault(`${file} does not hold the whole log of ${service}.`);
  return { manifest, destroyed };
}

/**
 * Loads a backup into an empty data folder, applies every destroyed key, compares the logs with their seals and folds the read
 * models. What was made is taken away again when something fails.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const path = resolve(options.dataFolder);
  await requireEmpty(path);
  const { manifest, destroyed } = await checkBackup(options.file);
  const later = await Promise.all(options.erasuresFrom.map((file) => checkBackup(file)));
  const erased = [...new Set([...destroyed, ...later.flatMap((backup) => backup.destroyed)])];
  const folder = await DataFolder.open(path, productVersion());
  let done = false;
  const undo: (() => Promise<unknown>)[] = [() => folder.close()];
  try {
    const logger = logInto(folder);
    const { databaseUrl, postgres } = await openDatabase(options, folder, logger);
    if (postgres !== undefined) undo.push(() => postgres.stop());
    await folder.writeSecret('seal-public-keys.pem', manifest.sealKeys);
    const pool = new pg.Pool({ connectionString: databaseUrl });
    undo.push(() => pool.end());
    await requireNoLogs(pool, manifest);
    await load(pool, options, manifest);
    const vault = await PostgresKeyVault.open(pool);
    for (const subject of erased) await vault.destroy(subject);
    const platform = await embeddedPlatform(options, folder, databaseUrl, await openIssuer(folder), logger);
    undo.push(() => platform.stop());
    const logs = await verify(platform, manifest, options.progress);
    await fold(platform, options.progress);
    await record(platform, manifest);
    done = true;
    return { createdAt: manifest.createdAt, withKeys: manifest.withKeys, erased: erased.length, logs };
  } finally {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
    if (!done) for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
  }
}

async function requireEmpty(path: string): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT') return;
    if (code === 'ENOTDIR') throw new StartFault(`${path} is not a folder.`);
    throw error;
  }
  if (names.length > 0)
    throw new StartFault(`The folder ${path} is not empty: a backup is restored into an empty one.`);
}

async function requireNoLogs(pool: pg.Pool, manifest: Manifest): Promise<void> {
  const { rows } = await pool.query<{ nspname: string }>(
    `select nspname from pg_namespace where nspname = any ($1) limit 1`,
    [manifest.logs.map(({ service }) => `${service}_log`)],
  );
  if (rows[0] !== undefined) throw new StartFault('The database is not empty: a backup is restored into an empty one.');
}

/** Frames come log by log, its events before its seals, so each log is one pass over its part of the file. */
async function load(pool: pg.Pool, { file, progress }: RestoreOptions, manifest: Manifest): Promise<void> {
  const frames = new Peeked(framesOf(file));
  await frames.next();
  const total = manifest.logs.reduce((sum, { position }) => sum + Number(position), 0);
  let loaded = 0;
  for (const log of manifest.logs) {
    const events = partsOf(frames, 'L', log, (lines) => {
      loaded += lines.length;
      progress('loading', loaded, total);
      return (lines as EventLine[]).map(eventOf);
    });
    const stamp = { logId: log.logId, position: BigInt(log.position), partitionSize: BigInt(log.partitionSize) };
    await importLog(pool, `${log.service}_log`, stamp, events);
    await importSeals(
      pool,
      sealsOf(log.service),
      log.seals,
      partsOf(frames, 'S', log, (lines) => lines as CopiedSeal[]),
    );
  }
  const vault = await PostgresKeyVault.open(pool);
  for (let frame = await frames.peek(); frame?.kind === 'K'; frame = await frames.peek())
    await vault.importKeys((await frames.next())?.lines as CopiedKey[]);
}

async function* partsOf<Part>(
  frames: Peeked,
  kind: Frame['kind'],
  { service }: ManifestLog,
  partOf: (lines: readonly unknown[]) => Part,
): AsyncGenerator<Part> {
  for (
    let frame = await frames.peek();
    frame?.kind === kind && frame.lines[0] === service;
    frame = await frames.peek()
  ) {
    await frames.next();
    yield partOf(frame.lines.slice(1));
  }
}

async function verify(
  { services, pool, seals }: Platform,
  manifest: Manifest,
  progress: RestoreOptions['progress'],
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
async function fold({ services }: Platform, progress: RestoreOptions['progress']): Promise<void> {
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

async function* framesOf(file: string, progress: (bytes: number) => void = () => undefined): AsyncGenerator<Frame> {
  let bytes = 0;
  const stream = createReadStream(file, { highWaterMark: 1_048_576 });
  stream.on('data', (chunk) => {
    bytes += chunk.length;
    progress(bytes);
  });
  try {
    yield* unframed(stream);
  } catch (error) {
    if (error instanceof BrokenBackup) throw new StartFault(`${file} ${error.message}.`);
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT') throw new StartFault(`There is no file ${file}.`);
    if (code === 'EISDIR') throw new StartFault(`${file} is a folder.`);
    if (code === 'EACCES') throw new StartFault(`There is no permission to read ${file}.`);
    throw error;
  }
}

class Peeked {
  #held: Frame | undefined;

  constructor(private readonly frames: AsyncGenerator<Frame>) {}

  async peek(): Promise<Frame | undefined> {
    if (this.#held === undefined) {
      const next = await this.frames.next();
      if (next.done === true) return undefined;
      this.#held = next.value;
    }
    return this.#held;
  }

  async next(): Promise<Frame | undefined> {
    const frame = await this.peek();
    this.#held = undefined;
    return frame;
  }
}
