import { createServer } from 'node:net';
import { OwnIssuer } from '@kontor/auth';
import { newSealKey, sealKey, trustedKeys } from '@kontor/event-store';
import { SystemClock } from '@kontor/service';
import pg from 'pg';
import { type Logger, pino } from 'pino';
import { briefError } from '../brief-error.ts';
import { buildPlatform, type Platform, type Seals } from '../composition/platform.ts';
import { allServices } from '../composition/services.ts';
import { environment } from '../kontor.config.ts';
import { drain, type HttpApp, httpApp } from '../platform/http-app.ts';
import { productVersion } from '../product-version.ts';
import { StartFault } from '../start-fault.ts';
import { startTracing } from '../tracing/start-tracing.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { DataFolder, newPassword } from './data-folder.ts';
import { requireDatabase } from './given-database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './kept-postgres.ts';

const DATABASE = 'kontor';
const ADMIN_TOKEN_LIFETIME_S = 366 * 86_400;

export interface EmbeddedOptions {
  readonly dataFolder: string;
  readonly port: number;
  /** Another PostgreSQL than the embedded one: a connection string with the right to create in that database. */
  readonly databaseUrl?: string | undefined;
  readonly timeZone: string;
  readonly baseCurrency: string;
}

export interface Embedded {
  readonly url: string;
  readonly databaseUrl: string;
  /** Whether the PostgreSQL is the embedded one. */
  readonly ownsDatabase: boolean;
  readonly adminToken: string;
  readonly folder: DataFolder;
  readonly platform: Platform;
  /** Resolves, with a sentence that says why, when the embedded PostgreSQL has ended and could not be brought back. */
  readonly databaseLost: Promise<string>;
  stop(): Promise<void>;
}

/** Brings the embedded platform up in the order data folder, database, services, HTTP; takes it down the other way round. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const version = productVersion();
  await requireFreePort(options.port);
  if (options.databaseUrl !== undefined) await requireDatabase(options.databaseUrl);
  const folder = await DataFolder.open(options.dataFolder, version);
  const undo: (() => Promise<void>)[] = [() => folder.close()];
  const stop = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const logger = logInto(folder);
    const { databaseUrl, postgres } = await openDatabase(options, folder, logger);
    if (postgres !== undefined) undo.push(() => postgres.stop());
    const tracing = await startTracing(environment.collector, { service: 'kontor', version, logger });
    if (tracing !== undefined) undo.push(() => tracing.stop());
    const issuer = await openIssuer(folder);
    const { keepOutboxIn } = await import('@kontor/app-receivables');
    keepOutboxIn(folder.file('outbox'));
    const platform = await embeddedPlatform(options, folder, databaseUrl, issuer, logger, tracing);
    undo.push(() => platform.stop());
    await platform.start();
    const app = await httpApp(platform, issuer, version);
    undo.push(() => drain(app, platform));
    const url = await listen(app, options.port);
    const adminToken = await mintAdminToken(issuer);
    await folder.writeSecret('admin-token', adminToken);
    await folder.writeSecret('url', url);
    logger.info({ url, version }, 'the platform is up');
    return {
      url,
      databaseUrl,
      ownsDatabase: postgres !== undefined,
      adminToken,
      folder,
      platform,
      databaseLost: postgres === undefined ? new Promise<never>(() => undefined) : postgres.lost,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The services on this database, not started yet. */
export async function embeddedPlatform(
  { timeZone, baseCurrency }: Pick<EmbeddedOptions, 'timeZone' | 'baseCurrency'>,
  folder: DataFolder,
  databaseUrl: string,
  verifier: OwnIssuer,
  logger: Logger,
  tracing?: Tracing,
): Promise<Platform> {
  return buildPlatform({
    databaseUrl,
    poolSize: environment.poolSize,
    definitions: await allServices(),
    entities: [{ id: 'main', name: 'Main entity', country: 'DE', timeZone, baseCurrency }],
    clock: new SystemClock(),
    verifier,
    logger,
    seals: await openSeals(folder),
    eventStore: environment.eventStore,
    kafka: environment.kafka,
    tracing,
  });
}

export async function openDatabase(
  options: Pick<EmbeddedOptions, 'databaseUrl'>,
  folder: DataFolder,
  logger: Logger,
): Promise<{ databaseUrl: string; postgres?: EmbeddedPostgres }> {
  if (options.databaseUrl !== undefined) return { databaseUrl: options.databaseUrl };
  const password = await folder.secret('postgres-password', newPassword);
  const postgres = await startEmbeddedPostgres(folder.path, password, logger);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
  const url = new URL(postgres.url);
  url.pathname = `/${DATABASE}`;
  return { databaseUrl: url.href, postgres };
}

export async function openIssuer(folder: DataFolder): Promise<OwnIssuer> {
  const key = await folder.secret('signing-key.json', async () =>
    JSON.stringify((await OwnIssuer.create()).privateJwk),
  );
  return OwnIssuer.fromJwk(JSON.parse(key) as OwnIssuer['privateJwk']);
}

/** Restored logs bring roots that another key signed: its public half lies in the second file, beside this one's. */
export async function openSeals(folder: DataFolder): Promise<Seals> {
  const key = sealKey(await folder.secret('seal-key.pem', newSealKey));
  const trusted = await folder.secret('seal-public-keys.pem', () => key.publicPem);
  return { key, trusted: trustedKeys(`${trusted}\n${key.publicPem}`) };
}

export function mintAdminToken(issuer: OwnIssuer): Promise<string> {
  return issuer.mint({
    subject: 'administrator',
    roles: ['administrator'],
    lifetimeS: ADMIN_TOKEN_LIFETIME_S,
  });
}

async function listen(app: HttpApp, port: number): Promise<string> {
  try {
    await app.nest.listen(port, '127.0.0.1');
  } catch (error) {
    throw portFault(error, port);
  }
  const address = app.nest.getHttpServer().address() as { port: number };
  return `http://127.0.0.1:${address.port}`;
}

/** Asked before anything else, so that a second start ends at once and leaves no trace. */
export function requireFreePort(port: number): Promise<void> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', (error) => fail(portFault(error, port)));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done()));
  });
}

function portFault(error: unknown, port: number): Error {
  const code = (error as { code?: unknown }).code;
  if (code === 'EADDRINUSE') return new StartFault(`Port ${port} on 127.0.0.1 is in use; choose another with --port.`);
  if (code === 'EACCES')
    return new StartFault(`There is no permission to listen on port ${port}; choose another with --port.`);
  return error instanceof Error ? error : new Error(String(error));
}

export function logInto(folder: DataFolder): Logger {
  const destination = pino.destination({ dest: folder.file('kontor.log'), sync: false });
  // A disk that is full takes no log either; that alone must not end the process.
  destination.on('error', () => undefined);
  return pino({ level: environment.logLevel, base: null, serializers: { err: briefError } }, destination);
}
