import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startPlatform, testDatabase, type TestDatabase, type TestPlatform } from '@kontor/testing';
import pg from 'pg';
import { DataFolder } from '../apps/kontor/src/embedded/data-folder.ts';
import { kontorJson, run } from './support/command-line.ts';
import { embeddedPlatform } from './support/embedded-platform.ts';

/** What tools/release-fixture.mjs wrote down: fixtures/README.md. */
interface Figures {
  readonly today: string;
  readonly people: { readonly remembered: string; readonly erased: string };
  readonly backup: readonly { readonly service: string; readonly logId: string; readonly position: string }[];
  readonly verified: readonly { readonly service: string; readonly events: string }[];
  readonly answers: readonly {
    readonly path: string;
    readonly status: number;
    readonly body?: { readonly asKnownAt?: string };
    readonly sha256?: string;
  }[];
}
interface Verified {
  readonly service: string;
  readonly verified: string;
  readonly broken: unknown;
}

const PATIENCE_MS = 90_000;
const FIXTURES = join(import.meta.dirname, 'fixtures');
const releases = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kontor-upgrade-'));
  // The embedded server's own user has to get through.
  await chmod(root, 0o711);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A platform that runs on a data folder, wherever its database is. */
interface Asked {
  readonly folder: string;
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
}

async function askedIn(folder: string): Promise<Asked> {
  const url = (await readFile(join(folder, 'url'), 'utf8')).trim();
  const authorization = `Bearer ${(await readFile(join(folder, 'admin-token'), 'utf8')).trim()}`;
  return {
    folder,
    async get(path) {
      const reply = await fetch(`${url}${path}`, { headers: { authorization } });
      return { status: reply.status, text: await reply.text() };
    },
  };
}

async function caughtUp({ get }: Asked): Promise<void> {
  await eventually(
    'every subscription has reached the head',
    async () => {
      const { text } = await get('/v1/platform/status');
      const { services } = JSON.parse(text) as {
        services: { subscriptions: { lagEvents: string | null; state: string }[] }[];
      };
      return services
        .flatMap(({ subscriptions }) => subscriptions)
        .every(({ lagEvents, state }) => lagEvents === '0' && !state.startsWith('building'));
    },
    PATIENCE_MS,
  );
}

/**
 * An answer may have got more fields since; what it had then, it has as it was. The moment of a list that was asked for none
 * may be a later one: that of a change which the list did not count then.
 */
async function expectFiguresOf(figures: Figures, { get }: Asked): Promise<void> {
  for (const { path, status, body, sha256 } of figures.answers) {
    const reply = await get(path);
    expect([path, reply.status]).toEqual([path, status]);
    if (sha256 !== undefined)
      expect([path, createHash('sha256').update(reply.text).digest('hex')]).toEqual([path, sha256]);
    if (body === undefined) continue;
    const { asKnownAt, ...then } = body;
    const now = JSON.parse(reply.text) as typeof body;
    expect({ path, body: now }).toMatchObject({ path, body: path.includes('asKnownAt=') ? body : then });
    if (asKnownAt !== undefined) expect((now.asKnownAt ?? '') >= asKnownAt).toBe(true);
  }
}

/** At least what was sealed then is as it was sealed; the seals go on. */
async function expectSealsOf({ folder }: Asked, events: ReadonlyMap<string, string>): Promise<void> {
  const logs = await kontorJson<Verified[]>(folder, 'verify');
  expect(logs.map(({ service, broken }) => [service, broken])).toEqual([...events.keys()].map((name) => [name, null]));
  for (const { service, verified } of logs)
    expect(Number(verified)).toBeGreaterThanOrEqual(Number(events.get(service)));
}

/** Each projection is what a fold from the first event gives, by today's code. */
async function expectPureFolds(platform: TestPlatform): Promise<void> {
  const { body } = await platform.request('GET', '/v1/platform/status');
  const { services } = body as { services: { subscriptions: { name: string; kind: string }[] }[] };
  const projections = services
    .flatMap(({ subscriptions }) => subscriptions)
    .filter(({ kind }) => kind === 'projection')
    .map(({ name }) => name);
  expect(projections).toContain('pipeline');
  for (const name of projections) {
    const verified = await platform.request('POST', `/v1/platform/projections/${name}/verify`);
    expect([name, verified.status, verified.body]).toMatchObject([name, 200, { comparison: { equal: true } }]);
  }
}

describe.each(releases)('upgrade from the release %s', (release) => {
  const left = (name: string) => join(FIXTURES, release, name);
  const figures = JSON.parse(readFileSync(left('figures.json'), 'utf8')) as Figures;

  it('X-05, X-06, X-08: its backup restores into an empty folder, with the figures and letters of then', async () => {
    const folder = join(root, `restored-${release}`);
    const restored = await kontorJson<{ logs: unknown; erased: number }>(folder, 'restore', left('backup.kontor'));
    expect(restored).toMatchObject({
      withKeys: true,
      erased: 2,
      logs: figures.backup.map(({ service, position }) => ({ service, events: position })),
    });
    const platform = await embeddedPlatform(folder);
    try {
      const asked = await askedIn(folder);
      await caughtUp(asked);
      await expectFiguresOf(figures, asked);
      await expectSealsOf(asked, new Map(figures.backup.map(({ service, position }) => [service, position])));
    } finally {
      await platform.dispose();
    }
  }, 240_000);

  describe('of its database', () => {
    let database: TestDatabase;
    let platform: TestPlatform;
    let asked: Asked;
    let analyst: pg.Client;

    beforeAll(async () => {
      database = await testDatabase();
      // A connection of its own: the dump sets what holds for its session.
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      await client.query(gunzipSync(await readFile(left('database.sql.gz'))).toString('utf8'));
      await client.end();
      analyst = new pg.Client({ connectionString: database.url });
      await analyst.connect();
      await analyst.query('begin; select 1 from receivables.ledgers');
      const folder = join(root, `migrated-${release}`);
      await mkdir(folder);
      await writeFile(join(folder, 'seal-public-keys.pem'), await readFile(left('seal-public-keys.pem'), 'utf8'));
      platform = await startPlatform({ again: { database, folder } });
      asked = await askedIn(folder);
    }, 120_000);
    afterAll(async () => {
      await analyst.end();
      await platform.dispose();
    });

    it('X-03: builds what has got a new version beside the one that an analyst reads, and then switches', async () => {
      const line = async () => {
        const { text } = await asked.get('/v1/platform/status');
        const { services } = JSON.parse(text) as {
          services: { subscriptions: { name: string; state: string; lagEvents: string | null }[] }[];
        };
        return services.flatMap(({ subscriptions }) => subscriptions).find(({ name }) => name === 'ledger-directory');
      };
      await eventually('it is folded', async () => (await line())?.lagEvents === '0', PATIENCE_MS);
      expect((await line())?.state).toMatch(/^building version \d+, views on version 2$/);
      const rebuild = await platform.request('GET', '/v1/platform/rebuilds/ledger_directory');
      expect(rebuild).toMatchObject({ status: 200, body: { state: 'building', startedBy: 'kontor', caughtUp: true } });
      const run = '/v1/dunning/runs/0198c0de-0000-4000-8000-000000000000';
      const early = await asked.get(run);
      expect([early.status, (JSON.parse(early.text) as { code: string }).code]).toEqual([503, 'ProjectionBuilding']);
      await analyst.query('rollback');
      await caughtUp(asked);
      expect([(await line())?.state, (await asked.get(run)).status]).toEqual(['running', 404]);
    }, 120_000);

    it('X-03, X-05: starts on it, with the figures and letters of then', async () => {
      await expectFiguresOf(figures, asked);
    }, 60_000);

    it('X-03: what was folded then is what today’s code folds', async () => {
      await expectPureFolds(platform);
    }, 120_000);

    it('X-06: verifies what was sealed then, and seals what is new', async () => {
      const { people } = figures;
      const known = new Map(figures.verified.map(({ service, events }) => [service, events]));
      await expectSealsOf(asked, known);
      const named = await platform.request('GET', `/v1/accounts/${people.remembered}`);
      expect((named.body as { name: string }).name).toBe('Adelheid Rottweiler');
      expect((await platform.request('POST', '/v1/accounts', { name: 'After the upgrade GmbH' })).status).toBe(201);
      await eventually(
        'the new event is sealed',
        async () => {
          const logs = await kontorJson<Verified[]>(platform.folder, 'verify', 'accounts');
          return Number(logs[0]?.verified) > Number(known.get('accounts'));
        },
        PATIENCE_MS,
      );
    }, 120_000);
  });
});

describe('a data folder of another time', () => {
  const start = async (folder: string) => {
    const { ended } = run(process.execPath, [
      ...['--import', './tools/swc-hook.mjs', 'apps/kontor/src/main.ts'],
      ...['--data', folder, '--port', '0', '--empty'],
    ]);
    const { code, stderr } = await ended;
    return { code, lines: stderr.trim().split('\n') };
  };

  it('X-08: of another major version of PostgreSQL says so in one sentence, and what to do', async () => {
    const folder = join(root, 'postgres-15');
    await mkdir(join(folder, 'postgres'), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'kontor.json'), '{"format":1,"createdBy":"0.0.0"}\n');
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '15\n');
    await writeFile(join(folder, 'postgres', 'kontor-initialised'), '');
    const { code, lines } = await start(folder);
    expect([code, lines]).toEqual([
      1,
      [
        expect.stringMatching(
          /^kontor: The database in \S+ was made by PostgreSQL 15, and this version of Kontor brings \d+: make a backup with .*kontor backup FILE .*kontor restore FILE --data FOLDER/,
        ),
      ],
    ]);
  });

  it('X-08: of another format says so in one sentence, and what to do', async () => {
    for (const [format, sentence] of [
      [0, 'was made by an older version (format 0, this one knows 1): make a backup with that version'],
      [2, 'was made by a newer version (format 2, this one knows 1); use that version.'],
    ] as const) {
      const folder = join(root, `format-${format}`);
      await mkdir(folder, { mode: 0o700 });
      await writeFile(join(folder, 'kontor.json'), `{"format":${format},"createdBy":"0.0.0"}\n`);
      await expect(DataFolder.open(folder, '1.0.0')).rejects.toThrow(sentence);
    }
  });
});
