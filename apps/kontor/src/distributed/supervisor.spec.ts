import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@kontor/testing';
import { type ChildLine, Supervisor } from './supervisor.ts';

const PATIENCE_MS = 60_000;
/** Says that it is up, and lives until it is told to end or its parent is gone. */
const GOOD = `process.send({ kind: 'up', url: 'http://127.0.0.1:1' });
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));`;

describe('the supervisor', () => {
  let folder: string;
  const died: string[] = [];
  const revived: ChildLine[] = [];
  const givenUp: ChildLine[] = [];
  let supervisor: Supervisor;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kontor-supervisor-'));
    died.length = 0;
    revived.length = 0;
    givenUp.length = 0;
    supervisor = new Supervisor({
      died: ({ name }, how) => died.push(`${name}: ${how}`),
      revived: (line) => revived.push(line),
      changed: () => undefined,
      givenUp: (line) => givenUp.push(line),
    });
  });
  afterEach(async () => {
    await supervisor.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (name: string, program: string) => {
    const script = join(folder, `${name}.mjs`);
    writeFileSync(script, program);
    const logFile = join(folder, `${name}.log`);
    return supervisor.start({ ...{ name, role: name, script, logFile }, nodeFlags: [], environment: { TOLD: name } });
  };

  it('starts again what dies, as a new process', async () => {
    const first = await start('good', GOOD);
    expect([first.state, first.url, first.restarts]).toEqual(['up', 'http://127.0.0.1:1', 0]);
    process.kill(first.pid as number, 'SIGKILL');
    const again = await eventually('it is up again', () => revived[0], PATIENCE_MS);
    expect([again.state, again.restarts, again.pid === first.pid]).toEqual(['up', 1, false]);
    expect(died).toEqual(['good: SIGKILL']);
  }, 120_000);

  it('gives up what dies again and again, and says where to read why', async () => {
    const starting = start('bad', `console.log('told ' + process.env.TOLD); process.exit(3);`);
    await expect(starting).rejects.toThrow('bad died 6 times in a row');
    expect(died).toEqual(Array.from({ length: 6 }, () => 'bad: exit code 3'));
    const [line] = givenUp;
    expect([line?.state, line?.pid]).toEqual(['given-up', null]);
    expect(readFileSync(line?.logFile ?? '', 'utf8')).toBe('told bad\n'.repeat(6));
  }, 120_000);

  it('ends all in order, and takes no end that it asked for for a death', async () => {
    await start('one', GOOD);
    await start('two', GOOD);
    const pids = supervisor.lines.map(({ pid }) => pid as number);
    await supervisor.stop();
    expect(supervisor.lines.map(({ state, pid }) => [state, pid])).toEqual([
      ['stopped', null],
      ['stopped', null],
    ]);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(died).toEqual([]);
  }, 120_000);
});
