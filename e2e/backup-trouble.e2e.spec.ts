import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { framesOf } from '../apps/kontor/src/backup/check-backup.ts';
import { type Frame, framed } from '../apps/kontor/src/backup/frames.ts';
import type { EventLine, Manifest } from '../apps/kontor/src/backup/manifest.ts';
import { planRestore } from '../apps/kontor/src/backup/plan-restore.ts';
import { kontor, kontorJson, run, startKontor } from './support/command-line.ts';

const WHOLE = join(import.meta.dirname, 'fixtures', 'spine', 'backup.kontor');
const CLI = ['--import', './tools/swc-hook.mjs', 'apps/kontor/src/cli.ts'];
const MAIN = ['--import', './tools/swc-hook.mjs', 'apps/kontor/src/main.ts'];

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kontor-backup-'));
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A refusal is one sentence. */
const refusal = (sentence: string) => ({ code: 1, stdout: '', stderr: expect.stringContaining(sentence) as unknown });
async function refused(name: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await kontor(file(name), ...args);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  return { code, stdout, stderr };
}

/** The whole backup with other lines in some frames, and hashes that fit them. */
async function rewritten(change: (frame: Frame) => readonly unknown[]): Promise<Buffer> {
  async function* frames(): AsyncGenerator<Frame> {
    for await (const frame of framesOf(WHOLE)) yield { ...frame, lines: change(frame) };
  }
  const bytes: Buffer[] = [];
  for await (const part of framed(frames())) bytes.push(part);
  return Buffer.concat(bytes);
}

const asOrderOfLater = (line: EventLine): unknown[] =>
  line.map((part) => (part === 'orders.OrderPlaced.v1' ? 'orders.OrderPlaced.v99' : part));
const ofStrangers = (log: Manifest['logs'][number]) => (log.service === 'orders' ? { ...log, service: 'space' } : log);

async function schemasOf({ pool }: TestDatabase): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname !~ '^pg_|^information_schema$|^public$'`,
  );
  return rows.map(({ name }) => name);
}

describe('a restore that cannot be', () => {
  it('X-08: of a broken file, or one of something else, says so and leaves nothing behind', async () => {
    const whole = await readFile(WHOLE);
    const edited = Buffer.from(whole);
    edited[whole.byteLength >> 1] = (edited[whole.byteLength >> 1] ?? 0) ^ 1;
    const cases: readonly [name: string, bytes: Buffer, sentence: string][] = [
      ['edited.kontor', edited, 'is damaged between bytes'],
      ['short.kontor', whole.subarray(0, whole.byteLength - 40), 'ends too early, at byte'],
      ['half.kontor', whole.subarray(0, whole.byteLength >> 1), 'ends too early, at byte'],
      ['longer.kontor', Buffer.concat([whole, Buffer.from('x')]), 'goes on behind its end'],
      [
        'newer.kontor',
        Buffer.concat([Buffer.from('KONTOR BACKUP 2\n'), whole.subarray(16)]),
        'was made by a newer version of Kontor',
      ],
      ['text.kontor', Buffer.from('Dear reader, this is a letter.'), 'is not a backup of Kontor'],
      ['empty.kontor', Buffer.alloc(0), 'is not a backup of Kontor'],
    ];
    const plan = (name: string, ...erasuresFrom: readonly string[]) =>
      planRestore({ file: name, dataFolder: file('target'), erasuresFrom, progress: () => undefined });
    for (const [name, bytes, sentence] of cases) {
      await writeFile(file(name), bytes);
      await expect(plan(file(name))).rejects.toThrow(sentence);
    }
    await expect(plan(file('nowhere.kontor'))).rejects.toThrow('There is no file');
    await expect(plan(folder)).rejects.toThrow('is a folder');
    await expect(plan(WHOLE, file('short.kontor'))).rejects.toThrow('short.kontor ends too early');
    expect(await refused('target', 'restore', file('edited.kontor'))).toEqual(refusal('is damaged between bytes'));
    expect(await refused('target', 'restore', WHOLE, '--erasures-from', file('edited.kontor'))).toEqual(
      refusal('edited.kontor is damaged'),
    );
    expect(existsSync(file('target'))).toBe(false);
  }, 60_000);

  it('X-08, X-01: of a newer version says what this one cannot read, before anything is made', async () => {
    const newer = await rewritten(({ kind, lines: [service, ...events] }) => [
      ...(service === undefined ? [] : [service]),
      ...(kind === 'L' ? (events as EventLine[]).map(asOrderOfLater) : events),
    ]);
    await writeFile(file('newer.kontor'), newer);
    const sentence =
      /cannot read: orders\.OrderPlaced\.v99 at position \d+ of orders\. It was made by \S+: restore it with/;
    const database = await testDatabase();
    try {
      for (const trial of [[], ['--dry-run']]) {
        const into = ['restore', file('newer.kontor'), '--database', database.url, ...trial];
        const { code, stderr } = await refused('target', ...into);
        expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)]);
      }
      expect([await schemasOf(database), existsSync(file('target'))]).toEqual([[], false]);
    } finally {
      await database.drop();
    }
    const stranger = await rewritten(({ kind, lines: [first, ...others] }) => {
      if (first === undefined) return [];
      if (kind === 'M') return [{ ...(first as Manifest), logs: (first as Manifest).logs.map(ofStrangers) }];
      return [first === 'orders' ? 'space' : first, ...others];
    });
    await writeFile(file('stranger.kontor'), stranger);
    expect(await refused('target', 'restore', file('stranger.kontor'))).toEqual(
      refusal('cannot read: the log of space.'),
    );
  }, 60_000);

  it('X-08: into what is not empty, or is no database, says so and changes nothing there', async () => {
    await mkdir(file('full'));
    await writeFile(file('full/letter.txt'), 'Dear reader');
    expect(await refused('full', 'restore', WHOLE)).toEqual(refusal('is not empty'));
    expect(await readdir(file('full'))).toEqual(['letter.txt']);
    expect(await refused('text.kontor', 'restore', WHOLE)).toEqual(refusal('is not a folder'));
    const database = await testDatabase();
    try {
      await database.pool.query('create schema orders_log');
      expect(await refused('target', 'restore', WHOLE, '--database', database.url)).toEqual(
        refusal('The database is not empty'),
      );
      expect(await schemasOf(database)).toEqual(['orders_log']);
    } finally {
      await database.drop();
    }
    expect(await refused('target', 'restore', WHOLE, '--database', database.url)).toEqual(
      refusal('The database cannot be used'),
    );
    expect(existsSync(file('target'))).toBe(false);
  }, 60_000);

  it('X-08: that is only tried says what is in the file and makes nothing', async () => {
    const database = await testDatabase();
    try {
      const plan = await kontorJson(file('target'), 'restore', WHOLE, '--dry-run', '--database', database.url);
      expect(plan).toMatchObject({ dryRun: true, withKeys: true, postgres: 15, erased: 2 });
      expect((plan as { logs: { service: string }[] }).logs.map(({ service }) => service)).toEqual(
        expect.arrayContaining(['accounts', 'orders', 'receivables', 'warranty', 'insights']),
      );
      const { stdout } = await kontor(file('target'), 'restore', WHOLE, '--dry-run');
      expect(stdout).toContain('2 erased subjects would stay erased. Nothing was made.');
      expect(await schemasOf(database)).toEqual([]);
      expect(existsSync(file('target'))).toBe(false);
      await writeFile(file('text.kontor'), 'Dear reader');
      expect(await refused('target', 'restore', file('text.kontor'), '--dry-run')).toEqual(
        refusal('is not a backup of Kontor'),
      );
    } finally {
      await database.drop();
    }
  }, 60_000);
});

describe('a restore that is broken off', () => {
  const begun = async (name: string, database: TestDatabase) => {
    const running = startKontor(file(name), 'restore', WHOLE, '--database', database.url);
    await eventually('the first log is being loaded', async () => (await schemasOf(database)).length > 0, 60_000);
    return running;
  };

  it('X-08: by hand takes away what it made, in the folder and in the database', async () => {
    const database = await testDatabase();
    try {
      const { child, ended } = await begun('stopped', database);
      child.kill('SIGINT');
      const { code, stdout, stderr } = await ended;
      expect({ code, stdout, stderr }).toEqual(refusal('It was interrupted; what was made is taken away.'));
      expect(existsSync(file('stopped'))).toBe(false);
      expect(await schemasOf(database)).toEqual([]);
    } finally {
      await database.drop();
    }
  }, 90_000);

  it('X-08: by kill -9 leaves a folder that nobody starts on by mistake', async () => {
    const database = await testDatabase();
    try {
      const { child, ended } = await begun('killed', database);
      child.kill('SIGKILL');
      await ended;
      const sentence = 'was interrupted: remove that folder, then restore again.';
      expect(await refused('killed', 'restore', WHOLE)).toEqual(refusal(sentence));
      const started = await run(process.execPath, [
        ...MAIN,
        ...['--data', file('killed'), '--port', '0', '--database', database.url],
      ]).ended;
      expect([started.code, started.stderr]).toEqual([1, expect.stringContaining(sentence)]);
    } finally {
      await database.drop();
    }
  }, 90_000);
});

describe('a backup that cannot be', () => {
  it('X-08: written says so before the platform is asked, and one that is cut off leaves no file', async () => {
    const whole = await readFile(WHOLE);
    let asked = 0;
    const server = createServer((_, reply) => {
      asked += 1;
      reply.writeHead(200, { 'content-type': 'application/octet-stream' });
      reply.write(whole.subarray(0, whole.byteLength >> 1), () => {
        if (asked === 1) reply.socket?.destroy();
        else reply.end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const env = {
      KONTOR_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      KONTOR_TOKEN: 'any.body.here',
    };
    const backup = async (name: string) => {
      const { code, stdout, stderr } = await run(process.execPath, [...CLI, 'backup', file(name)], env).ended;
      expect(stderr.trim().split('\n')).toHaveLength(1);
      return { code, stdout, stderr };
    };
    try {
      await writeFile(file('there.kontor'), 'Dear reader');
      expect(await backup('there.kontor')).toEqual(refusal('is there already: name a new file.'));
      expect(await backup('nowhere/new.kontor')).toEqual(refusal(`There is no folder ${file('nowhere')}.`));
      expect(asked).toBe(0);
      const before = await readdir(folder);
      expect(await backup('new.kontor')).toEqual(refusal('The backup was cut off'));
      expect(await backup('new.kontor')).toEqual(refusal('new.kontor.part ends too early, at byte'));
      expect(await readdir(folder)).toEqual(before);
      expect(asked).toBe(2);
    } finally {
      server.close();
    }
  }, 60_000);
});
