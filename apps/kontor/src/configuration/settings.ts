import { isCurrency } from '@kontor/kernel';
import {
  brokers,
  count,
  eventStore,
  file,
  folder,
  headers,
  measure,
  Mistake,
  oneOf,
  sender,
  type Setting,
  text,
  upstreams,
  url,
} from './setting.ts';

const WEIGHT = /^(amount|age|promises|level)=\d{1,3}@[1-9]\d{0,8}$/;

/** Each of the four parts once, as receivables read it. */
function namesEveryWeight(weights: string): boolean {
  const parts = weights.split(',').map((part) => WEIGHT.exec(part.trim())?.[1]);
  return parts.length === 4 && new Set(parts).size === 4 && !parts.includes(undefined);
}

const EXPOSURE_PARTS = ['principal', 'charges', 'reservations', 'unbilled-deliveries', 'unallocated-credit'];

function namesExposureParts(text: string): boolean {
  const parts = text.split(',').map((part) => part.trim());
  return new Set(parts).size === parts.length && parts.every((part) => EXPOSURE_PARTS.includes(part));
}

/** Everything that Kontor can be told by its environment. docs/configuration.md is made from this. */
export const settings = {
  dataFolder: text('KONTOR_DATA_FOLDER', {
    meaning: 'Where `npm start` and `npm run start:distributed` keep everything, unless `--data` says otherwise.',
    otherwise: '.kontor',
  }),
  databaseUrl: url('KONTOR_DATABASE_URL', ['postgres', 'postgresql'], {
    meaning: 'A PostgreSQL of one’s own, with the right to create in that database, instead of the embedded one.',
    secret: true,
  }),
  poolSize: count('KONTOR_POOL_SIZE', [4, 500], {
    meaning: 'Connections to PostgreSQL that one process keeps at most; a few for locks and notifications come on top.',
    otherwise: 40,
  }),
  url: url('KONTOR_URL', ['http', 'https'], {
    meaning: 'Platform that the command line speaks to, instead of that of the data folder.',
  }),
  token: text('KONTOR_TOKEN', {
    meaning: 'Token of the command line, instead of the administrator’s in the data folder.',
    otherwise: undefined,
    secret: true,
  }),
  logLevel: oneOf('KONTOR_LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    meaning: 'What is written to the log.',
    otherwise: 'info',
  }),
  otlpEndpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http', 'https'], {
    meaning:
      'Collector of OpenTelemetry that takes traces by OTLP over HTTP (JSON), such as `http://localhost:4318`; they go to `v1/traces` below it. Nothing is ' +
      'traced when it is not set.',
  }),
  otlpHeaders: headers('OTEL_EXPORTER_OTLP_HEADERS', {
    meaning: 'Sent along to the collector, as a key that it asks for.',
  }),
  tracesShare: measure('OTEL_TRACES_SAMPLER_ARG', [0, 1], {
    meaning:
      'Share of the traces that are recorded, of those that begin here; a caller with a `traceparent` has decided for its own.',
    otherwise: 1,
  }),
  verifyEveryHours: measure('KONTOR_VERIFY_EVERY_HOURS', [0, 9_999], {
    meaning: 'How often each projection is verified against the fold of its history; 0: only when somebody asks.',
    otherwise: 24,
  }),
  eventStoreUrl: eventStore('EVENTSTORE_URL', {
    meaning: 'EventStoreDB that holds the logs; they lie in PostgreSQL when it is not set.',
  }),
  eventStorePrefix: parsed('KONTOR_EVENTSTORE_PREFIX', 'letters and digits with a dot at the end', {
    meaning: 'Before the names of all streams in EventStoreDB, so that several installations can share a server.',
    otherwise: '',
    holds: (prefix) => /^[A-Za-z0-9][A-Za-z0-9-]{0,39}\.$/.test(prefix),
    rule: 'it is letters and digits with a dot at the end, such as kontor.',
  }),
  feed: oneOf('KONTOR_FEED', ['log', 'kafka'], {
    meaning:
      'How services hear each other: from each other’s logs (in other processes: their history over HTTP), or over Kafka. ' +
      '`npm run start:distributed` takes Kafka by itself.',
    otherwise: 'log',
  }),
  kafkaBrokers: brokers('KAFKA_BROKERS', {
    meaning: 'Brokers of Kafka; `npm run start:distributed` starts one of its own when it is not set.',
  }),
  kafkaReplicas: count('KONTOR_KAFKA_REPLICAS', [1, 9], {
    meaning: 'Replicas of a topic that Kontor makes.',
    otherwise: 1,
  }),
  kafkaTopicPrefix: parsed('KONTOR_KAFKA_TOPIC_PREFIX', 'letters, digits, dots, dashes and underscores', {
    meaning: 'Topics are called `<prefix>.<service>`.',
    otherwise: 'kontor',
    // Brokers take 249 characters.
    holds: (prefix) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(prefix),
    rule: 'it is letters, digits, dots, dashes and underscores, such as kontor',
  }),
  service: text('KONTOR_SERVICE', {
    meaning: 'Which service a service process runs, unless `--service` says it.',
    otherwise: undefined,
  }),
  process: text('KONTOR_PROCESS', {
    meaning: 'Name of a service process in its log and metrics; the name of the service when it is not set.',
    otherwise: undefined,
  }),
  httpHost: text('KONTOR_HTTP_HOST', {
    meaning: 'Where a service process, or the origin in front of them, listens.',
    otherwise: '127.0.0.1',
  }),
  httpPort: count('KONTOR_HTTP_PORT', [0, 65_535], {
    meaning: 'Port of a service process, or of the origin in front of them; 0 takes a free one.',
    otherwise: 3000,
  }),
  origin: url('KONTOR_ORIGIN', ['http', 'https'], {
    meaning: 'The origin in front of the services, where a service process asks for the history of the others.',
  }),
  upstreams: upstreams('KONTOR_UPSTREAMS', { meaning: 'The service processes behind the origin.' }),
  signingKeyFile: file('KONTOR_SIGNING_KEY_FILE', {
    meaning: 'Private key (JWK, ES256) that signs and verifies tokens; the same for all processes.',
  }),
  sealKeyFile: file('KONTOR_SEAL_KEY_FILE', {
    meaning: 'Private key (PEM, Ed25519) that signs the seals of the logs; the same for all processes.',
  }),
  sealPublicKeysFile: file('KONTOR_SEAL_PUBLIC_KEYS_FILE', {
    meaning: 'Public keys (PEM) whose seals count besides, as those of a log that was restored.',
  }),
  oidcIssuer: url('KONTOR_OIDC_ISSUER', ['http', 'https'], {
    meaning: 'Whose tokens are believed, instead of those that the platform signs itself.',
  }),
  oidcAudience: text('KONTOR_OIDC_AUDIENCE', {
    meaning: 'For whom tokens of that issuer must be meant.',
    otherwise: 'kontor',
  }),
  oidcJwksUrl: url('KONTOR_OIDC_JWKS_URL', ['http', 'https'], {
    meaning: 'Where the public keys of that issuer are; needed with `KONTOR_OIDC_ISSUER`.',
  }),
  oidcTokenUrl: url('KONTOR_OIDC_TOKEN_URL', ['http', 'https'], {
    meaning: 'Where a service process gets its own token (client credentials); needed with `KONTOR_OIDC_ISSUER`.',
  }),
  oidcClientId: text('KONTOR_OIDC_CLIENT_ID', {
    meaning: 'As whom it asks for it.',
    otherwise: 'kontor-services',
  }),
  oidcClientSecret: text('KONTOR_OIDC_CLIENT_SECRET', {
    meaning: 'With which secret.',
    otherwise: undefined,
    secret: true,
  }),
  timeZone: parsed('KONTOR_TIME_ZONE', 'IANA time zone', {
    meaning: 'Time zone of the legal entity, unless `--time-zone` says otherwise.',
    otherwise: 'Europe/Berlin',
    holds: (zone) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone),
    rule: 'it is an IANA time zone such as Europe/Berlin',
  }),
  baseCurrency: parsed('KONTOR_BASE_CURRENCY', 'currency of ISO 4217', {
    meaning: 'Base currency of the legal entity, unless `--base-currency` says otherwise.',
    otherwise: 'EUR',
    holds: isCurrency,
    rule: 'it is a currency of ISO 4217 such as EUR',
  }),
  creditWithoutLimit: oneOf('KONTOR_CREDIT_WITHOUT_LIMIT', ['unlimited', 'zero'], {
    meaning: 'What holds for an account that nobody set a credit limit for.',
    otherwise: 'unlimited',
  }),
  creditExposure: parsed('KONTOR_CREDIT_EXPOSURE', 'names, separated by commas', {
    meaning: 'Parts that make the exposure of an account, which its credit limit bounds.',
    otherwise: EXPOSURE_PARTS.join(','),
    holds: namesExposureParts,
    rule: `it names some of ${EXPOSURE_PARTS.join(', ')}, each once`,
  }),
  worklistWeights: parsed(
    'KONTOR_WORKLIST_WEIGHTS',
    '`part=points@fullAt` for each of amount, age, promises and level',
    {
      meaning:
        'What the priority in the worklist of collectors is made of: points of each part, and the measure (major units, days, promises, level) from ' +
        'which on all of them count.',
      otherwise: 'amount=40@10000,age=30@90,promises=20@2,level=10@3',
      holds: namesEveryWeight,
      rule: 'it names points and full measure of each part, such as amount=40@10000,age=30@90,promises=20@2,level=10@3',
    },
  ),
  dunningSchedule: oneOf('KONTOR_DUNNING_SCHEDULE', ['on', 'off'], {
    meaning: 'Whether receivables dun by themselves, every day for the day before.',
    otherwise: 'on',
  }),
  dunningCutOffHour: count('KONTOR_DUNNING_CUT_OFF_HOUR', [1, 24], {
    meaning:
      'Hour of the day, in the time zone of the legal entity, from which on its date may be decided by a dunning run; 24: when it has ended.',
    otherwise: 24,
  }),
  smtpUrl: url('KONTOR_SMTP_URL', ['smtp', 'smtps'], {
    meaning: 'Mail server that takes released notices; they are dropped as files when it is not set.',
    secret: true,
  }),
  mailFrom: sender('KONTOR_MAIL_FROM', { meaning: 'Sender of mail; needed with `KONTOR_SMTP_URL`.' }),
  outbox: folder('KONTOR_OUTBOX', {
    meaning: 'Where letters without mail are dropped, one `.eml` each; `outbox` in the data folder when it is not set.',
  }),
} as const satisfies { readonly [key: string]: Setting<unknown> };

interface Parsed {
  readonly meaning: string;
  readonly otherwise: string;
  readonly holds: (value: string) => boolean;
  readonly rule: string;
}

function parsed(name: string, shape: string, { meaning, otherwise, holds, rule }: Parsed): Setting<string> {
  return {
    ...{ name, meaning, shape, shown: otherwise, fallback: otherwise, secret: false },
    parse(value) {
      if (!holds(value)) throw new Mistake(rule);
      return value;
    },
  };
}
