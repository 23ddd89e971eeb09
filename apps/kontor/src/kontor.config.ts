import { StartFault } from './start-fault.ts';

/** The only reader of the environment, and the named limits of the command line and the embedded platform. */
export const environment = {
  /** Where the embedded platform keeps everything, unless --data says otherwise. */
  dataFolder: process.env['KONTOR_DATA_FOLDER'] ?? '.kontor',
  /** Another PostgreSQL than the embedded one. */
  databaseUrl: process.env['KONTOR_DATABASE_URL'],
  /** Platform and token of the command line, instead of those in the data folder. */
  url: process.env['KONTOR_URL'],
  token: process.env['KONTOR_TOKEN'],
  logLevel: process.env['KONTOR_LOG_LEVEL'] ?? 'info',
  /** How often each projection is verified against the fold of its history; 0: only when somebody asks. */
  verifyEveryMs: hoursAsMs('KONTOR_VERIFY_EVERY_HOURS', 24),
  /** KONTOR_FEED=kafka: services hear each other over the brokers of KAFKA_BROKERS. Otherwise from each other's logs. */
  kafka: kafkaFeed(),
  /** EVENTSTORE_URL=esdb://…: the logs lie in that EventStoreDB. Otherwise in PostgreSQL. */
  eventStore: eventStoreServer(),
  /** Handed to the child processes of the embedded PostgreSQL. */
  path: process.env['PATH'] ?? '',
};

function kafkaFeed() {
  const feed = process.env['KONTOR_FEED'] ?? 'log';
  if (feed === 'log') return undefined;
  if (feed !== 'kafka') throw new StartFault(`KONTOR_FEED is "${feed}"; it may be "log" or "kafka".`);
  const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',').filter((broker) => broker !== '');
  if (brokers.length === 0)
    throw new StartFault(
      'KONTOR_FEED is "kafka" and KAFKA_BROKERS is empty; it names brokers as "host:9092,host:9092".',
    );
  const replicas = process.env['KONTOR_KAFKA_REPLICAS'] ?? '1';
  if (!/^[1-9]$/.test(replicas))
    throw new StartFault(`KONTOR_KAFKA_REPLICAS is "${replicas}"; it is a number from 1 to 9.`);
  const topicPrefix = process.env['KONTOR_KAFKA_TOPIC_PREFIX'] ?? 'kontor';
  return { brokers, topicPrefix, replicationFactor: Number(replicas) };
}

function eventStoreServer() {
  const url = process.env['EVENTSTORE_URL'] ?? '';
  if (url === '') return undefined;
  if (!/^esdb(\+discover)?:\/\/[^/?]+/.test(url) || !URL.canParse(url))
    throw new StartFault(`EVENTSTORE_URL is "${url}"; it names a server as "esdb://host:2113?tls=false".`);
  const prefix = process.env['KONTOR_EVENTSTORE_PREFIX'] ?? '';
  if (!/^([A-Za-z0-9][A-Za-z0-9-]{0,39}\.)?$/.test(prefix))
    throw new StartFault(
      `KONTOR_EVENTSTORE_PREFIX is "${prefix}"; it is empty or letters and digits with a dot at the end, as "kontor.".`,
    );
  return { url, prefix };
}

function hoursAsMs(name: string, otherwise: number): number {
  const text = process.env[name];
  const hours = text === undefined || text === '' ? otherwise : Number(text);
  if (!(hours >= 0 && hours < 10_000))
    throw new StartFault(`${name} must be a number of hours, 0 or more; it is ${text}.`);
  return hours * 3_600_000;
}

/** Rows of one import call; the services take no more. */
export const MAX_IMPORT_ROWS = 500;

/** Bytes of the lines of one import call: a body may have 1 MiB, and JSON is longer than CSV. */
export const MAX_IMPORT_BYTES = 262_144;

/** Import calls under way at a time, unless --concurrency says otherwise, and at most. */
export const IMPORT_CALLS = 3;
export const MAX_IMPORT_CALLS = 16;

/** The firm that `npm start` builds in an empty data folder: measured to be there in well under 30 s on two cores. */
export const DEMO_SIZE = 30;
export const DEMO_SEED = 1;
export const MAX_DEMO_SIZE = 100_000;
