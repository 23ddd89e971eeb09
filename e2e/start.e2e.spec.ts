import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@kontor/testing';
import pg from 'pg';
import { kontor, kontorJson, run, type Running } from './support/command-line.ts';

const LONG_MS = 240_000;
const MAIN = ['--import', './tools/swc-hook.mjs', 'apps/kontor/src/main.ts'];

/** Whatever a failed test leaves running goes at the end. */
const everything: Running[] = [];

interface Started extends Running {
  readonly output: () => string;
}

/** `npm start` on its own embedded PostgreSQL, or the same program without npm. */
function start(program: 'npm' | 'node', ...args: readonly string[]): Started {
  const running = program === 'npm' ? run('npm', ['start', '--', ...args]) : run(process.execPath, [...MAIN, ...args]);
  let output = '';
  everything.push(running);
  running.child.stdout?.on('data', (text: string) => (output += text));
  running.child.stderr?.on('data', (text: string) => (output += text));
  return { ...running, output: () => output };
}

async function up(started: Started): Promise<string> {
  const url = await eventually(
    'the platform says that it is up',
    () => {
      const { exitCode, signalCode } = started.child;
      if (exitCode !== null || signalCode !== null) return 'ended';
      return /^Kontor is up at (\S+)$/m.exec(started.output())?.[1];
    },
    LONG_MS,
  );
  if (url === 'ended') throw new Error(`the platform ended: ${started.output()}`);
  return url;
}

describe('npm start', () => {
  let root: string;
  let data: string;
  /** What the demo firm consists of, as the first screen tells it. */
  let told: string | undefined;
  const counted = async () => {
    const counts: number[] = [];
    for (const list of ['accounts', 'opportunities', 'orders', 'invoices', 'payments', 'claims']) {
      const url = (await readFile(join(data, 'url'), 'utf8')).trim();
      const authorization = `Bearer ${(await readFile(join(data, 'admin-token'), 'utf8')).trim()}`;
      const reply = await fetch(`${url}/v1/${list}?limit=500`, { headers: { authorization } });
      counts.push(((await reply.json()) as { items: unknown[] }).items.length);
    }
    return counts;
  };
  let before: number[] = [];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'kontor-start-'));
    await chmod(root, 0o711);
    data = join(root, 'data');
  });
  afterAll(async () => {
    for (const { child } of everything) child.kill('SIGKILL');
    await Promise.all(everything.map(({ ended }) => ended));
    await rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  it(
    'X-10: builds the demo firm, goes on with it after a SIGKILL, and shows it in three tables',
    async () => {
      const first = start('node', '--data', data, '--port', '0');
      await eventually(
        'part of the firm is there',
        async () => {
          const { services } = await kontorJson<{ services: { name: string; head: string }[] }>(data, 'status');
          return Number(services.find(({ name }) => name === 'accounts')?.head) > 120;
        },
        LONG_MS,
      );
      first.child.kill('SIGKILL');
      await first.ended;
      expect(first.output()).not.toContain('Kontor is up at');

      const second = start('node', '--data', data, '--port', '0');
      await up(second);
      told = /^\d+ deals, \d+ orders, \d+ claims and \d+ dunning notices/m.exec(second.output())?.[0];
      const screen = second.output();
      for (const part of [
        'Pipeline as of ',
        'Ageing as of ',
        'Open dunning cases as of ',
        '/docs',
        'admin-token',
        'psql ',
      ])
        expect(screen).toContain(part);
      expect(screen.trimEnd().split('\n').at(-1)).toMatch(/^Kontor is up at http:\/\/127\.0\.0\.1:\d+$/);
      before = await counted();
      const [accounts, deals, orders] = before;
      expect(accounts).toBe(30);
      expect(told).toMatch(new RegExp(`^${deals} deals, ${orders} orders, `));

      second.child.kill('SIGTERM');
      expect((await second.ended).code).toBe(0);
    },
    LONG_MS,
  );

  it(
    'finds everything where it was, and ends with 0 when npm is told to',
    async () => {
      const again = start('npm', '--data', data, '--port', '0');
      await up(again);
      expect(again.output()).not.toContain('Building');
      expect(again.output()).toContain('Open dunning cases as of ');
      expect(await counted()).toEqual(before);
      again.child.kill('SIGTERM');
      expect((await again.ended).code).toBe(0);
      expect((await kontor(data, 'status')).code).toBe(1);
    },
    LONG_MS,
  );

  describe('beside one that runs', () => {
    let running: Started;
    let url: string;
    const refusedWith = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await start('node', '--empty', ...args).ended;
      expect([code, stdout]).toEqual([1, '']);
      return stderr;
    };

    beforeAll(async () => {
      running = start('node', '--data', data, '--port', '0');
      url = await up(running);
    }, LONG_MS);
    afterAll(async () => {
      running.child.kill('SIGTERM');
      await running.ended;
    }, LONG_MS);

    it('I-05: analysts have a login that reads and cannot write; secrets are for their owner alone', async () => {
      const client = new pg.Client({ connectionString: (await readFile(join(data, 'analyst-url'), 'utf8')).trim() });
      await client.connect();
      try {
        const { rows } = await client.query<{ count: string }>('select count(*) from insights.cases');
        expect(Number(rows[0]?.count)).toBeGreaterThan(0);
        await expect(client.query('delete from insights.cases')).rejects.toThrow(/read-only|permission denied/);
        await expect(client.query('select * from accounts_log.events')).rejects.toThrow('permission denied');
      } finally {
        await client.end();
      }
      for (const secret of ['admin-token', 'analyst-url', 'postgres-password', 'signing-key.json'])
        expect([secret, (await stat(join(data, secret))).mode & 0o777]).toEqual([secret, 0o600]);
    });

    it('another says that the data folder is in use, and by whom', async () => {
      expect(await refusedWith('--data', data, '--port', '0')).toBe(
        `kontor: The data folder ${data} is in use by process ${running.child.pid}; stop it, or choose another folder with --data.\n`,
      );
      expect((await kontor(data, 'status')).code).toBe(0);
    });

    it('another says that the port is in use', async () => {
      const port = new URL(url).port;
      expect(await refusedWith('--data', join(root, 'other'), '--port', port)).toBe(
        `kontor: Port ${port} on 127.0.0.1 is in use; choose another with --port.\n`,
      );
      const foreign = createServer();
      await new Promise<void>((done) => foreign.listen(0, '127.0.0.1', done));
      const taken = (foreign.address() as { port: number }).port;
      expect(await refusedWith('--data', join(root, 'other'), '--port', String(taken))).toContain(`Port ${taken} `);
      await new Promise((done) => foreign.close(done));
    });

    it('another says that a data folder was made by a newer version, or is none', async () => {
      const newer = await mkdtemp(join(root, 'newer-'));
      await writeFile(join(newer, 'kontor.json'), '{"format":99,"createdBy":"9.0.0"}\n');
      expect(await refusedWith('--data', newer, '--port', '0')).toBe(
        `kontor: The data folder ${newer} was made by a newer version (format 99, this one knows 1); use that version.\n`,
      );
      const file = join(root, 'file');
      await writeFile(file, '');
      expect(await refusedWith('--data', file, '--port', '0')).toBe(`kontor: ${file} is not a folder.\n`);
    });

    it('another says that there is no permission to write in the data folder', async () => {
      const closed = join(root, 'closed');
      await mkdir(closed, { mode: 0o555 });
      // Root may write anywhere but where the kernel itself says no.
      const forbidden = join(process.getuid?.() === 0 ? '/sys' : closed, 'kontor');
      expect(await refusedWith('--data', forbidden, '--port', '0')).toBe(
        `kontor: There is no permission to write in the data folder ${forbidden}.\n`,
      );
    });
  });
});
