import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startDistributed, type TestDistributed } from '@kontor/testing/distributed';
import { type OwnBroker, ownBrokers, type OwnBrokers } from '@kontor/testing/own-brokers';
import { pgProxy } from '@kontor/testing/pg-proxy';
import { wire as between, type Wire } from '@kontor/testing/wire';
import pg from 'pg';
import { installPostgres } from '../../apps/kontor/src/embedded/postgres-installation.ts';
import { type PostgresServer, startPostgres } from '../../apps/kontor/src/embedded/postgres-server.ts';
import { childrenOf } from '../support/processes.ts';
import { Api } from './api.ts';

const PASSWORD = 'chaos';
const DATABASE = 'kontor';
/** Of an error that ended a process. */
const SHOWN_LINES = 8;

/** A PostgreSQL, a broker and the distributed platform on them: everything that faults are made to. */
export interface Ground {
  readonly api: Api;
  readonly folder: string;
  readonly platform: () => TestDistributed;
  readonly broker: OwnBroker;
  /** Where the broker is reached, through its wire. */
  readonly brokers: readonly string[];
  /** The wire between every process and PostgreSQL. */
  readonly wire: Wire;
  /** The wire between every process and the broker. */
  readonly brokerWire: Wire;
  /** The postmaster and its children. */
  postgresProcesses(): readonly number[];
  killPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  /** SIGKILL to the supervisor, with which all processes end, and another start on the same folder. */
  restartPlatform(): Promise<void>;
  restarts(): { readonly [name: string]: number };
  /** What processes said last that ended for an error of their own which nobody had handled. */
  crashes(): readonly string[];
  stop(keep: boolean): Promise<void>;
}

export async function startGround(folder: string): Promise<Ground> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (keep: boolean) => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
    if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    await chmod(folder, 0o711);
    const own = join(folder, 'database');
    await mkdir(own);
    const installation = await installPostgres(own, PASSWORD);
    let server: PostgresServer = await startPostgres(installation);
    undo.push(() => server.stop());
    const direct = `postgres://kontor:${PASSWORD}@127.0.0.1:${installation.port}`;
    await createDatabase(`${direct}/postgres`);
    const wire = await pgProxy(`${direct}/${DATABASE}`);
    undo.push(() => wire.close());
    let brokerWire: Wire | undefined;
    const brokers: OwnBrokers = await ownBrokers(1, async (address) => {
      brokerWire = await between(address);
      return brokerWire.address;
    });
    undo.push(() => brokers.stop());
    const [broker] = brokers.nodes;
    if (broker === undefined || brokerWire === undefined) throw new RangeError('no broker');
    undo.push(brokerWire.close);
    const data = join(folder, 'platform');
    await mkdir(data);
    const pool = new pg.Pool({ connectionString: `${direct}/${DATABASE}`, max: 2 });
    pool.on('error', () => undefined);
    undo.push(() => pool.end());
    const database = { url: wire.url, name: DATABASE, pool, drop: async () => undefined };
    const start = () =>
      startDistributed({
        ...{ kafka: 'own', again: { folder: data, database } },
        env: { KAFKA_BROKERS: brokers.brokers.join(','), EVENTSTORE_URL: '' },
      });
    let platform = await start();
    undo.push(() => platform.stop());
    const before = new Map<string, number>();
    const restarts = () =>
      Object.fromEntries(
        platform.running().processes.map(({ name, restarts: own }) => [name, own + (before.get(name) ?? 0)]),
      );
    return {
      api: new Api(
        () => platform.url,
        () => platform.adminToken,
      ),
      ...{ folder, broker, brokers: brokers.brokers, wire, brokerWire, restarts, stop },
      platform: () => platform,
      crashes: () => crashesIn(data),
      async restartPlatform() {
        await platform.kill();
        for (const [name, count] of Object.entries(restarts())) before.set(name, count + 1);
        platform = await start();
      },
      postgresProcesses: () => [server.pid, ...childrenOf(server.pid)],
      async killPostgres() {
        process.kill(server.pid, 'SIGKILL');
        await server.ended;
      },
      async startPostgres() {
        server = await startPostgres(installation);
      },
    };
  } catch (error) {
    await stop(true);
    throw error;
  }
}

/** Node prints the error, an empty line and its own version; everything else in these logs is JSON. */
function crashesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) =>
      readFileSync(join(folder, name), 'utf8')
        .split(/^Node\.js v.*$/m)
        .slice(0, -1)
        .map((before) => {
          const said = before.trimEnd().split('\n');
          const from = said.findLastIndex((line) => line.startsWith('{')) + 1;
          return `${name.slice(0, -'.log'.length)} ended for an error: ${said.slice(from, from + SHOWN_LINES).join(' | ')}`;
        }),
    );
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${DATABASE}`);
  await client.end();
}
