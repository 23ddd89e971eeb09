import { read } from './configuration/setting.ts';
import { settings } from './configuration/settings.ts';
import { StartFault } from './start-fault.ts';

const { values, mistakes } = read(settings, process.env);

/** What the environment says; docs/configuration.md lists it all. The only reader of the environment. */
export const environment = {
  ...values,
  verifyEveryMs: values.verifyEveryHours * 3_600_000,
  /** Services hear each other over these brokers. Undefined: from each other's logs. */
  kafka:
    values.feed === 'kafka'
      ? {
          brokers: values.kafkaBrokers,
          topicPrefix: values.kafkaTopicPrefix,
          replicationFactor: values.kafkaReplicas,
        }
      : undefined,
  /** The server that holds the logs. Undefined: PostgreSQL does. */
  eventStore:
    values.eventStoreUrl === undefined ? undefined : { url: values.eventStoreUrl, prefix: values.eventStorePrefix },
  /** Who takes traces. Undefined: there are none. */
  collector:
    values.otlpEndpoint === undefined
      ? undefined
      : { endpoint: values.otlpEndpoint, headers: values.otlpHeaders, share: values.tracesShare },
  /** Handed to child processes. */
  path: process.env['PATH'] ?? '',
};

/** Asked before anything is started: all mistakes at once, one sentence each. */
export function requireConfigured(): void {
  const found = [...mistakes];
  // What was told wrong is said once: it is not lacking besides.
  const lacks = (name: string, value: unknown) =>
    value === undefined && !mistakes.some((mistake) => mistake.startsWith(`${name} `));
  if (values.feed === 'kafka' && lacks('KAFKA_BROKERS', values.kafkaBrokers[0]))
    found.push('KONTOR_FEED is "kafka" and KAFKA_BROKERS is empty; it names brokers as host:9092,host:9092.');
  if (values.smtpUrl !== undefined && lacks('KONTOR_MAIL_FROM', values.mailFrom))
    found.push('KONTOR_SMTP_URL is set and KONTOR_MAIL_FROM is not; mail needs a sender such as letters@firm.example.');
  if (values.oidcIssuer !== undefined) {
    if (lacks('KONTOR_OIDC_JWKS_URL', values.oidcJwksUrl))
      found.push('KONTOR_OIDC_ISSUER is set and KONTOR_OIDC_JWKS_URL is not.');
    if (lacks('KONTOR_OIDC_TOKEN_URL', values.oidcTokenUrl))
      found.push('KONTOR_OIDC_ISSUER is set and KONTOR_OIDC_TOKEN_URL is not.');
    if (lacks('KONTOR_OIDC_CLIENT_SECRET', values.oidcClientSecret))
      found.push('KONTOR_OIDC_ISSUER is set and KONTOR_OIDC_CLIENT_SECRET is not.');
  }
  if (found.length > 0) throw new StartFault(found.join('\nkontor: '));
}

/** The environment of a child process: this one's, and what it is told besides. */
export function environmentWith(told: { readonly [name: string]: string }): {
  readonly [name: string]: string | undefined;
} {
  return { ...process.env, ...told };
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
