import { rename, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SERVICE_NAMES } from '../composition/services.ts';
import { DataFolder } from '../embedded/data-folder.ts';
import { logInto, mintAdminToken, openDatabase, openIssuer, openSeals, requireFreePort } from '../embedded/start.ts';
import { environment } from '../kontor.config.ts';
import { productVersion } from '../product-version.ts';
import { StartFault } from '../start-fault.ts';
import { freePorts } from './free-ports.ts';
import { type Brokers, brokersHere } from './local-kafka.ts';
import { type ChildLine, type ChildOptions, Supervisor } from './supervisor.ts';

/** Two of them show that processes of one service share its work. */
const TWICE: ReadonlySet<string> = new Set(['receivables']);
const ORIGIN = 'origin';
/** The processes together must fit into the embedded PostgreSQL: see MAX_CONNECTIONS there. */
const POOL_SIZE = '10';
const SERVICE_MEMORY = ['--max-semi-space-size=16', '--max-old-space-size=512'];
const ORIGIN_MEMORY = ['--max-semi-space-size=16', '--max-old-space-size=256'];
const READY_WITHIN_MS = 120_000;
const POLL_MS = 100;
const ANY_PORT = 0;

export interface DistributedOptions {
  readonly dataFolder: string;
  readonly port: number;
  readonly databaseUrl?: string | undefined;
  readonly timeZone: string;
  readonly baseCurrency: string;
  /** Told what happens to the processes, in one sentence each. */
  readonly say: (sentence: string) => void;
}

/** Everything that runs, as written to `processes.json` in the data folder whenever it changes. */
export interface Running {
  readonly supervisor: number;
  readonly url: string;
  readonly eventStore: string;
  readonly kafka: { readonly brokers: readonly string[]; readonly pid: number | null };
  readonly processes: readonly ChildLine[];
}

export interface Distributed {
  readonly url: string;
  readonly databaseUrl: string;
  readonly ownsDatabase: boolean;
  readonly adminToken: string;
  readonly folder: DataFolder;
  readonly running: () => Running;
  /** Resolves, with a sentence that says why, when it cannot go on. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/** PostgreSQL, Kafka, the origin, and every service in a process of its own; taken down the other way round. */
export async function startDistributed(options: DistributedOptions): Promise<Distributed> {
  await requireFreePort(options.port);
  const folder = await DataFolder.open(options.dataFolder, productVersion());
  const undo: (() => Promise<void>)[] = [() => folder.close()];
  const stop = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const logger = logInto(folder);
    const { databaseUrl, postgres } = await openDatabase(options, folder, logger);
    if (postgres !== undefined) undo.push(() => postgres.stop());
    const issuer = await openIssuer(folder);
    await openSeals(folder);
    const brokers = await brokersHere(folder.file('kafka'), options.say);
    undo.push(() => brokers.stop());
    const processes = new Processes(options, folder, databaseUrl, brokers, logger);
    undo.push(() => processes.stop());
    const url = await processes.start();
    const adminToken = await mintAdminToken(issuer);
    await folder.writeSecret('admin-token', adminToken);
    await folder.writeSecret('url', url);
    return {
      ...{ url, databaseUrl, ownsDatabase: postgres !== undefined, adminToken, folder, stop },
      running: () => processes.running,
      failed: Promise.race([processes.failed, ...(postgres === undefined ? [] : [postgres.lost])]),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

class Processes {
  readonly failed: Promise<string>;
  private readonly failure = Promise.withResolvers<string>();
  private readonly supervisor: Supervisor;
  private url = '';
  private written: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: DistributedOptions,
    private readonly folder: DataFolder,
    private readonly databaseUrl: string,
    private readonly brokers: Brokers,
    logger: Logger,
  ) {
    this.failed = this.failure.promise;
    this.supervisor = new Supervisor({
      changed: () => this.write(),
      died: ({ name, logFile }, how, againInMs) => {
        logger.warn({ process: name, how, againInMs }, 'a process has died');
        const then = againInMs === null ? 'it is given up' : `it is started again in ${againInMs} ms`;
        options.say(`${name} has died (${how}); ${then}. Its log: ${logFile}`);
      },
      revived: ({ name, pid }) => options.say(`${name} is up again as process ${pid}.`),
      givenUp: ({ name, logFile }) =>
        this.failure.resolve(`${name} died again and again; the end of ${logFile} says why.`),
    });
  }

  get running(): Running {
    return {
      supervisor: process.pid,
      url: this.url,
      eventStore: environment.eventStore === undefined ? 'PostgreSQL' : 'EventStoreDB',
      kafka: { brokers: this.brokers.addresses, pid: this.brokers.pid() },
      processes: this.supervisor.lines,
    };
  }

  async start(): Promise<string> {
    const names = SERVICE_NAMES.flatMap((role) =>
      TWICE.has(role) ? [`${role}-1`, `${role}-2`].map((name) => ({ name, role })) : [{ name: role, role }],
    );
    const [free = 0, ...ports] = await freePorts(names.length + 1);
    const port = this.options.port === ANY_PORT ? free : this.options.port;
    this.url = `http://127.0.0.1:${port}`;
    const placed = names.map((one, index) => ({ ...one, port: ports[index] ?? 0 }));
    const upstreams = SERVICE_NAMES.map((service) => {
      const urls = placed.filter(({ role }) => role === service).map((one) => `http://127.0.0.1:${one.port}`);
      return `${service}=${urls.join('|')}`;
    });
    try {
      await this.supervisor.start(
        this.child({ name: ORIGIN, role: ORIGIN }, 'apps/kontor/src/gateway.main.ts', ORIGIN_MEMORY, {
          KONTOR_HTTP_PORT: String(port),
          KONTOR_UPSTREAMS: upstreams.join(','),
        }),
      );
      await Promise.all(
        placed.map(({ name, role, port: own }) =>
          this.supervisor.start(
            this.child({ name, role }, 'apps/kontor/src/service.main.ts', SERVICE_MEMORY, {
              KONTOR_SERVICE: role,
              KONTOR_PROCESS: name,
              KONTOR_HTTP_PORT: String(own),
            }),
          ),
        ),
      );
    } catch (error) {
      const given = this.supervisor.lines.find(({ state }) => state === 'given-up');
      if (given === undefined) throw error;
      throw new StartFault(`${given.name} does not start; the end of ${given.logFile} says why.`, { cause: error });
    }
    await this.answers();
    return this.url;
  }

  /** In the order in which nobody is asked who is gone: the services answer what is under way, then the origin goes. */
  async stop(): Promise<void> {
    const services = this.supervisor.lines.filter(({ role }) => role !== ORIGIN).map(({ name }) => name);
    await this.supervisor.stop(services);
    await this.supervisor.stop();
    await this.written;
  }

  private child(
    named: { readonly name: string; readonly role: string },
    script: string,
    nodeFlags: readonly string[],
    told: { readonly [name: string]: string },
  ): ChildOptions {
    const { folder, options } = this;
    return {
      ...named,
      script,
      nodeFlags,
      logFile: folder.file(`${named.name}.log`),
      environment: {
        NODE_OPTIONS: '',
        KONTOR_DATABASE_URL: this.databaseUrl,
        KONTOR_POOL_SIZE: POOL_SIZE,
        KONTOR_ORIGIN: this.url,
        KONTOR_HTTP_HOST: '127.0.0.1',
        KONTOR_FEED: 'kafka',
        KAFKA_BROKERS: this.brokers.addresses.join(','),
        KONTOR_TIME_ZONE: options.timeZone,
        KONTOR_BASE_CURRENCY: options.baseCurrency,
        KONTOR_OUTBOX: environment.outbox ?? folder.file('outbox'),
        KONTOR_SIGNING_KEY_FILE: folder.file('signing-key.json'),
        KONTOR_SEAL_KEY_FILE: folder.file('seal-key.pem'),
        KONTOR_SEAL_PUBLIC_KEYS_FILE: folder.file('seal-public-keys.pem'),
        ...told,
      },
    };
  }

  private async answers(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline) {
      const ready = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (ready?.ok === true) return;
      await delay(POLL_MS);
    }
    throw new StartFault(
      `The services were not ready within ${READY_WITHIN_MS / 1000} s; see the logs in ${this.folder.path}.`,
    );
  }

  /** One after the other, whole or not at all: whoever reads it sees a state that there was. */
  private write(): void {
    const file = this.folder.file('processes.json');
    this.written = this.written
      .then(async () => {
        await writeFile(`${file}.new`, `${JSON.stringify(this.running, null, 2)}\n`);
        await rename(`${file}.new`, file);
      })
      .catch((error: unknown) => this.options.say(`${file} could not be written: ${String(error)}`));
  }
}
