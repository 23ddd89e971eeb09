import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPlatform, type TestPlatform } from '@kontor/testing';
import { kontor, kontorJson, run } from './support/command-line.ts';

const MINUTE_MS = 60_000;
const COMMANDS = [
  'status',
  'token',
  'history',
  'stream show',
  'stream event',
  'rebuild',
  'replay',
  'verify-projection',
  'parked list',
  'parked show',
  'parked retry',
  'parked skip',
  'trace',
  'consumers',
  'stuck',
  'pipeline',
  'ageing',
  'import crm',
  'import receivables',
  'dunning run',
  'dunning cases',
  'dunning notices',
  'dunning notice',
  'demo',
];

/** The day before today in the platform's time zone, and days before that. */
function daysAgo(days: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(Date.now() - days * 86_400_000);
}

describe('kontor at the command line', () => {
  let platform: TestPlatform;
  let firm: { readonly accounts: number; readonly deals: number; readonly orders: number; readonly notices: number };
  const json = <Answer>(...args: string[]) => kontorJson<Answer>(platform.folder, ...args);
  const text = async (...args: string[]) => {
    const { code, stdout, stderr } = await kontor(platform.folder, ...args);
    if (code !== 0) throw new Error(`kontor ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };
  const fails = async (...args: string[]) => {
    const { code, stdout, stderr } = await kontor(platform.folder, ...args);
    expect([code, stdout]).toEqual([1, '']);
    return stderr;
  };

  beforeAll(async () => {
    platform = await startPlatform();
    firm = await json('demo', '--size', '6', '--seed', '5');
  }, 4 * MINUTE_MS);
  afterAll(() => platform.dispose());

  it.each(COMMANDS)('kontor %s --help says what it is for', async (command) => {
    const help = await text(...command.split(' '), '--help');
    expect(help).toContain(`Usage: kontor ${command} `);
    expect(help).toContain('Global Options:');
    expect(help).toContain('--json');
  });

  it('X-10: builds a firm from a seed, and the same one a second time', async () => {
    const heads = async () => (await json<{ services: { head: string }[] }>('status')).services.map(({ head }) => head);
    expect(firm).toMatchObject({ seed: 5, size: 6, accounts: 6 });
    const before = await heads();
    expect(await json('demo', '--size', '6', '--seed', '5')).toMatchObject({
      accounts: firm.accounts,
      deals: firm.deals,
      orders: firm.orders,
      notices: firm.notices,
    });
    expect(await heads()).toEqual(before);
  });

  it('X-05: shows services and subscriptions, and browses a stream and an event with its causes', async () => {
    const status = await text('status');
    for (const service of ['accounts', 'orders', 'receivables', 'warranty', 'insights'])
      expect(status).toContain(service);
    const lines = (await text('history', 'orders', '--limit', '3')).trimEnd().split('\n');
    const events = lines.map(
      (line) => JSON.parse(line) as { event?: { id: string; subject: string; correlationid: string } },
    );
    const event = events.find((line) => line.event !== undefined)?.event;
    const shown = await text('stream', 'show', 'orders', event?.subject ?? '');
    expect(shown).toContain(event?.id);
    expect(shown).toContain(event?.correlationid);
    const traced = await json<{ event: { eventId: string }; causes: unknown[]; effects: unknown[] }>(
      'stream',
      'event',
      event?.id ?? '',
    );
    expect(traced.event.eventId).toBe(event?.id);
  });

  it('mints a token of a role, with that role’s rights alone', async () => {
    const token = (await text('token', '--role', 'analyst')).trim();
    const reads = await platform.request('GET', '/v1/insights/ageing', undefined, { token });
    const writes = await platform.request('POST', '/v1/staff', { name: 'A', position: 'b' }, { token });
    expect([reads.status, writes.status]).toEqual([200, 403]);
    expect(await fails('token', '--role', 'king')).toContain('role');
  });

  it('I-01, I-02: tells the figures as tables, as of a day', async () => {
    const today = await text('pipeline');
    expect(today).toContain(`Pipeline as of ${daysAgo(0)}, win rate `);
    expect(today).toContain('Concluded');
    expect(await text('pipeline', '--group-by', 'region')).toContain('North');
    expect(await text('pipeline', '--as-of', '2001-01-01')).toContain('Pipeline as of 2001-01-01, win rate – %');
    expect(await text('ageing')).toMatch(/over-120 .*│/);
    expect(await fails('ageing', '--as-of', '2013-02-30')).toContain('asOf: must be a calendar date YYYY-MM-DD');
  });

  it('R-08: lists cases and notices, shows a notice and its text, and decides it again', async () => {
    expect(await text('dunning', 'cases', '--state', 'all')).toContain('last notice');
    const { items } = await json<{ items: { noticeId: string; accountNumber: string }[] }>(
      'dunning',
      'notices',
      '--limit',
      '1',
    );
    const [{ noticeId, accountNumber } = { noticeId: '', accountNumber: '' }] = items;
    expect(await text('dunning', 'notice', noticeId)).toMatch(/^Notice of \d{4}-\d{2}-\d{2} at level \d:/);
    expect(await text('dunning', 'notice', noticeId, '--text')).toContain(accountNumber);
    expect(await json('dunning', 'notice', noticeId, '--text')).toEqual({
      noticeId,
      text: expect.stringContaining(accountNumber),
    });
    expect(await text('dunning', 'notice', noticeId, '--decide-again')).toMatch(
      /^The same notice, decided on revision/,
    );
    expect(await fails('dunning', 'notice', '00000000-0000-4000-8000-000000000000')).toMatch(/^kontor: There is no /);
  });

  it(
    'R-09, R-19: runs by a policy from a file, only after a yes; another policy over decided dates only as a trial',
    async () => {
      const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
      const file = join(platform.folder, 'policy.json');
      const policy = { currency: 'EUR', daysBetweenNotices: 1, levels: [{ daysAfterDue: 3, fee: eur(500) }] };
      await writeFile(file, JSON.stringify(policy));
      const range = ['dunning', 'run', '--from', daysAgo(60), '--to', daysAgo(1), '--policy', file];
      expect(await fails(...range)).toContain('Say --yes: there is no terminal to ask at.');
      expect(await fails(...range, '--yes')).toContain('[DatesAlreadyDecided]');
      expect(await text(...range, '--dry-run')).toContain('a trial, nothing was changed');
      expect(await fails('dunning', 'run', '--from', daysAgo(1), '--to', daysAgo(0), '--yes')).toContain(
        '[DateNotEnded]',
      );
      await writeFile(file, '{');
      expect(await fails(...range)).toContain(`kontor: The policy ${file} cannot be read: `);
    },
    MINUTE_MS,
  );

  it(
    'X-03: folds a projection again from the first event, after a yes',
    async () => {
      const before = await text('pipeline');
      expect(await fails('rebuild', 'pipeline', '--in-place')).toContain('Say --yes');
      const refold = ['rebuild', 'pipeline', '--in-place', '--yes', '--reason', 'a look'];
      expect(await text(...refold)).toBe('pipeline has been folded from the first event.\n');
      expect(await text('pipeline')).toBe(before);
      expect(await text('stream', 'show', 'insights', 'subscription-pipeline')).toMatch(/ProjectionRefolded.* a look /);
      expect(await fails('rebuild', 'no-such', '--in-place', '--yes')).toContain('There is no projection no-such.');
    },
    MINUTE_MS,
  );

  it(
    'X-03: rebuilds beside the live one, switches and discards, and the figures stay what they are',
    async () => {
      const before = await text('pipeline');
      for (const step of [['--in-place', '--yes'], ['start'], ['switch']])
        expect(await fails('rebuild', 'pipeline', ...step, '--dry-run')).toContain('nothing was done');
      expect(await fails('rebuild', 'pipeline', 'status')).toContain(
        'There was no rebuild of pipeline yet. [NoSuchRebuild]',
      );
      expect([await text('rebuild'), await text('verify-projection')]).toEqual([
        expect.stringMatching(/^(There was no rebuild yet|┌)/),
        expect.stringMatching(/^(Nothing was verified yet|┌)/),
      ]);
      const started = await text('rebuild', 'pipeline', '--reason', 'a trial of the command line');
      expect(started).toMatch(/^pipeline in pipeline_v1_r2: building, started by administrator at /);
      expect(started).toMatch(/: equal$/m);
      expect(await fails('rebuild', 'pipeline', 'start')).toContain('[RebuildUnderWay]');
      expect(await text('rebuild', 'pipeline', 'switch')).toContain('pipeline_v1: kept');
      expect(await text('pipeline')).toBe(before);
      expect(await text('rebuild', 'pipeline', 'discard', '--dry-run')).toContain(
        'discard drops pipeline_v1, which is kept',
      );
      expect(await fails('rebuild', 'pipeline', 'discard')).toContain('Say --yes');
      expect(await text('rebuild', 'pipeline', 'discard', '--yes')).toContain('discarded');
      expect(await text('pipeline')).toBe(before);
      expect(await json('rebuild', 'pipeline', 'start', '--detach')).toMatchObject({ schema: 'pipeline_v1_r3' });
      expect(await text('rebuild', 'pipeline', 'status')).toContain('pipeline_v1_r3');
      expect(await text('rebuild', 'pipeline', 'cancel', '--yes')).toContain('cancelled');
      expect(await text('verify-projection', 'dunning')).toMatch(/: equal$/m);
      expect(await text('verify-projection')).toMatch(/^│ dunning +│ .* │ equal +│ +0 │$/m);
      expect(await text('rebuild')).toMatch(/^│ pipeline +│ pipeline_v1_r3 +│ cancelled +│/m);
      expect(await text('stuck')).toBe('Nothing is stuck.\n');
    },
    2 * MINUTE_MS,
  );

  it('X-03, X-04, X-05: replays one account, shows what is parked, and traces an event to its causes', async () => {
    const [line] = (await text('history', 'orders', '--limit', '1')).split('\n');
    const { event } = JSON.parse(line ?? '') as { event: { id: string; subject: string; data: { accountId: string } } };
    const { items } = await json<{ items: { id?: string; accountId?: string }[] }>('parked', 'list');
    expect(items).toEqual([]);
    expect(await text('parked', 'list')).toBe('Nothing is parked.\n');
    expect(await text('parked', 'retry', 'dunning')).toBe('Nothing of dunning is parked.\n');
    expect(await fails('parked', 'show', 'dunning', 'receivables ledger-1')).toContain('[NoSuchLetter]');
    expect(await fails('parked', 'skip', 'dunning', event.id, '--reason', 'x', '--yes')).toContain('[NoSuchLetter]');
    expect(await fails('parked', 'skip', 'dunning', event.id, '--reason', 'x', '--dry-run')).toContain(
      'has parked nothing',
    );
    expect(await text('trace', event.id)).toContain(event.id);
    expect(await fails('trace', '00000000-0000-4000-8000-000000000000')).toContain('[NotFound]');
    const { body } = await platform.request('GET', '/v1/accounts?limit=1');
    const [account] = (body as { items: { id: string }[] }).items;
    const replay = ['replay', 'account-directory', '--account', account?.id ?? ''];
    expect(await text(...replay, '--dry-run')).toContain('; 0 of them were otherwise.\na trial, nothing was changed');
    expect(await json(...replay)).toMatchObject({ changedRows: 0, dryRun: false });
    expect(await fails('replay', 'account-directory')).toContain('Name either --stream or --account.');
  });

  it('finds the platform by KONTOR_URL and KONTOR_TOKEN, also when called as kontor from anywhere', async () => {
    const program = join(import.meta.dirname, '..', 'tools', 'kontor.mjs');
    const env = { KONTOR_URL: platform.url, KONTOR_TOKEN: platform.adminToken };
    const { code, stdout } = await run(process.execPath, [program, '--json', 'status'], env).ended;
    expect([code, (JSON.parse(stdout) as { services: unknown[] }).services.length]).toEqual([0, 5]);
  });

  it('answers JSON also when it fails, and the sentence for people beside it', async () => {
    const failed = async (...args: string[]) => {
      const { code, stdout, stderr } = await kontor(platform.folder, '--json', ...args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^(kontor|error): /)]);
      return JSON.parse(stdout) as { error: object };
    };
    expect(await failed('ageing', '--as-of', '2013-02-30')).toEqual({
      error: {
        code: 'InvalidRequest',
        detail: expect.stringContaining('asOf: must be a calendar date YYYY-MM-DD'),
        errors: [{ field: 'asOf', reason: 'must be a calendar date YYYY-MM-DD' }],
      },
    });
    expect(await failed('rebuild', 'nope', '--json')).toMatchObject({
      error: { code: 'NoSuchProjection', facts: { projections: expect.arrayContaining(['pipeline', 'dunning']) } },
    });
    expect(await failed('import', 'crm', join(platform.folder, 'nowhere'))).toMatchObject({ error: { code: null } });
    expect(await failed('demo', '--size', '0')).toMatchObject({ error: { code: 'InvalidUsage' } });
    expect(await failed('no-such-command')).toMatchObject({ error: { detail: "unknown command 'no-such-command'" } });
  });

  it('says in one sentence what is wrong, and ends with another code than 0', async () => {
    const nowhere = join(platform.folder, 'nowhere');
    const missing = await kontor(nowhere, 'status');
    expect([missing.code, missing.stderr]).toEqual([
      1,
      `kontor: No platform was started in ${nowhere}: name its folder with --data, or set KONTOR_URL.\n`,
    ]);
    const env = { KONTOR_URL: 'http://127.0.0.1:9', KONTOR_TOKEN: 'x' };
    const cli = ['--import', './tools/swc-hook.mjs', 'apps/kontor/src/cli.ts', 'status'];
    const silent = await run(process.execPath, cli, env).ended;
    expect([silent.code, silent.stderr.split('\n').length]).toEqual([1, 2]);
    const stranger = await run(process.execPath, cli, { KONTOR_URL: platform.url, KONTOR_TOKEN: 'x.y.z' }).ended;
    expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringMatching(/^kontor: .*\[\w+\]\n$/)]);
    for (const args of [['no-such-command'], ['demo', '--size', '0'], ['dunning', 'run', '--from', '2013-02-30']])
      expect((await kontor(platform.folder, ...args)).code).toBe(1);
  });
});
