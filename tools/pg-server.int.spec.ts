import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPgServer } from './pg-server.mjs';

const DEADLINE_MS = 20_000;

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await delay(20);
  }
}

describe('the server for tests', () => {
  let folder: string;
  const left = () => readdirSync(folder).filter((name) => name.startsWith('kontor-pg-'));

  beforeEach(() => {
    // Open to all: as root the server runs as somebody else, who must be able to remove what is his.
    folder = mkdtempSync(join(tmpdir(), 'kontor-pg-spec-'));
    chmodSync(folder, 0o1777);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers, and leaves nothing behind when it is stopped', async () => {
    const server = await startPgServer({ folder });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<{ fsync: string }>('SHOW fsync');
    await client.end();
    await server.stop();
    expect(rows).toEqual([{ fsync: 'off' }]);
    expect(left()).toEqual([]);
  });

  it('leaves nothing behind when it cannot start', async () => {
    await expect(startPgServer({ folder, settings: { max_connections: 'many' } })).rejects.toThrow('did not start');
    expect(left()).toEqual([]);
  });

  it('goes, with its folder, when whoever started it is killed', async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'pg-server.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    });
    try {
      const url = await new Promise<string>((resolve) => {
        owner.stdout.once('data', (text) => resolve(String(text).trim()));
      });
      const [name] = left();
      expect(existsSync(join(folder, String(name), 'data', 'postmaster.pid'))).toBe(true);
      owner.kill('SIGKILL');
      await until('the folder is gone', () => left().length === 0);
      await expect(new pg.Client({ connectionString: url }).connect()).rejects.toThrow('ECONNREFUSED');
    } finally {
      owner.kill('SIGKILL');
    }
  });
});
