import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../../..');
const PATIENCE_MS = 60_000;
const SERVICE = 'apps/kontor/src/service.main.ts';
const NOWHERE = 'postgres://user:secret@127.0.0.1:1/kontor';

interface Told {
  readonly [name: string]: string;
}

/** A process that is told this and nothing else: what it says on standard error, and that it ends with 1. */
async function refusalOf(script: string, env: Told): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--import', './tools/swc-hook.mjs', script], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let logged = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (logged += text));
  const code = await new Promise((done) => child.once('close', done));
  expect([code, logged]).toEqual([1, '']);
  return said.trimEnd().split('\n');
}

describe('a process that is told something wrong', () => {
  let folder: string;
  let service: Told;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kontor-told-'));
    const file = join(folder, 'no-key.pem');
    writeFileSync(file, 'nothing\n');
    service = {
      KONTOR_SERVICE: 'orders',
      KONTOR_DATABASE_URL: NOWHERE,
      KONTOR_ORIGIN: 'http://127.0.0.1:1',
      KONTOR_SEAL_KEY_FILE: file,
    };
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'says every mistake at once, one sentence each, and no secret',
    async () => {
      const said = await refusalOf(SERVICE, {
        ...service,
        KONTOR_DATABASE_URL: 'mysql://user:secret@host/db',
        KONTOR_FEED: 'kafka',
        KONTOR_KAFKA_REPLICAS: 'three',
        KONTOR_SMTP_URL: 'smtp://user:secret@host',
        KONTOR_OIDC_ISSUER: 'http://issuer',
        KONTOR_OIDC_JWKS_URL: 'issuer',
      });
      expect(said).toEqual([
        'kontor: KONTOR_DATABASE_URL is set to something else; it is an address such as postgres://… or postgresql://….',
        'kontor: KONTOR_KAFKA_REPLICAS is "three"; it is a whole number from 1 to 9.',
        'kontor: KONTOR_OIDC_JWKS_URL is "issuer"; it is an address such as http://… or https://….',
        'kontor: KONTOR_FEED is "kafka" and KAFKA_BROKERS is empty; it names brokers as host:9092,host:9092.',
        'kontor: KONTOR_SMTP_URL is set and KONTOR_MAIL_FROM is not; mail needs a sender such as letters@firm.example.',
        'kontor: KONTOR_OIDC_ISSUER is set and KONTOR_OIDC_TOKEN_URL is not.',
        'kontor: KONTOR_OIDC_ISSUER is set and KONTOR_OIDC_CLIENT_SECRET is not.',
      ]);
    },
    PATIENCE_MS,
  );

  it(
    'says what it lacks before it waits for anything',
    async () => {
      const file = service['KONTOR_SEAL_KEY_FILE'] ?? '';
      const refusals = await Promise.all([
        refusalOf(SERVICE, {}),
        refusalOf(SERVICE, { ...service, KONTOR_SERVICE: 'letters' }),
        refusalOf(SERVICE, service),
        refusalOf(SERVICE, { ...service, KONTOR_SEAL_KEY_FILE: join(folder, 'nothing.pem') }),
        refusalOf('apps/kontor/src/gateway.main.ts', {}),
      ]);
      expect(refusals).toEqual([
        ['kontor: KONTOR_SERVICE is not set, and there is no --service.'],
        ['kontor: There is no service "letters"; there are accounts, orders, receivables, warranty, insights.'],
        [`kontor: KONTOR_SEAL_KEY_FILE names ${file}, which holds no private key as PEM (Ed25519).`],
        [`kontor: ${join(folder, 'nothing.pem')} cannot be read.`],
        ['kontor: KONTOR_UPSTREAMS is not set; the origin has no service to stand in front of.'],
      ]);
    },
    PATIENCE_MS,
  );
});
