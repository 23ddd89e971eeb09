import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@kontor/kernel';
import { foldInMemory, readTables } from '@kontor/projections';
import { eventually, idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';
import { receivablesLists } from '../read-models/lists/lists.projection.ts';
import {
  client,
  importInvoices,
  invoiceRows,
  REFERENCE_POLICY,
  REFERENCE_TOTALS,
  USD,
} from '../receivables.scenarios.ts';

interface Run {
  readonly runId: string;
  readonly alreadyDecided: number;
}
interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}
interface ListedNotice {
  readonly id: string;
  readonly date: string;
  readonly accountNumber: string | null;
  readonly net: { readonly amountMinor: number };
}

const RANGE = { from: '2012-01-01', to: '2014-03-31' };
const ORDER = { ...RANGE, dryRun: false, policy: REFERENCE_POLICY };
const rows = invoiceRows().map(({ row }) => row);

async function logHead(platform: TestPlatform): Promise<string> {
  const found = await platform.database.pool.query<{ head: string }>(
    'select coalesce(max(position), 0)::text as head from receivables_log.events',
  );
  return found.rows[0]?.head ?? '';
}

/** Every notice as recorded. Ids follow from ledger and date, so two installations of one file have the same ones. */
async function recordedNotices(platform: TestPlatform): Promise<readonly object[]> {
  const found = await platform.database.pool.query<object>(
    `select notice_id, case_id, account_id, notice_date::text, level, items, net_minor::text, fee_minor::text
       from receivables.notices order by notice_id`,
  );
  return found.rows;
}
let undisturbed: readonly object[] = [];

describe('a dunning run over imported receivables', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform({ env: { KONTOR_DUNNING_SCHEDULE: 'off' } });
    const accounts = [...new Map(invoiceRows().map(({ country, row }) => [row.accountNumber, country]))];
    const { runId, date } = await client(platform).post<{ runId: string; date: string }>('/v1/imports/runs', {
      source: 'receivables',
      contentHash: createHash('sha256').update('receivables').digest('hex'),
    });
    await client(platform).post('/v1/imports/receivables/accounts', {
      runId,
      date,
      rows: accounts.map(([customerId, countryCode], index) => ({ line: index + 2, customerId, countryCode })),
    });
    expect(await importInvoices(platform, rows)).toEqual({ accepted: 2466 });
  }, 120_000);
  afterAll(() => platform.dispose());

  it('X-09: a repeated import adds nothing, and one with other content names the fields', async () => {
    const head = await logHead(platform);
    expect(await importInvoices(platform, rows)).toEqual({ 'already-known': 2466 });
    const [first] = rows;
    const answer = await client(platform).post<{ rows: unknown[] }>('/v1/imports/receivables/invoices', {
      runId: '6f0f3c1e-0b52-5c1e-9a39-6c6ef0c1a0ff',
      date: '2026-01-01',
      rows: [
        { ...first, amountMinor: 1 },
        { line: 3, number: 'x' },
      ],
    });
    expect(answer.rows).toEqual([
      {
        line: 2,
        outcome: 'rejected',
        code: 'DiffersFromKnown',
        field: 'amountMinor',
        sentence: 'It was imported before with another amountMinor.',
      },
      expect.objectContaining({ line: 3, outcome: 'rejected', code: 'InvalidRow', field: 'accountNumber' }),
    ]);
    expect(await logHead(platform)).toBe(head);
  });

  it('X-09: with update the legal next step is applied, and what is none names its fields', async () => {
    const open = { ...rows[0], line: 2, number: 'UPDATE-1', disputed: false, settledDate: null };
    const send = async (row: object, more: object = {}) => {
      const body = { runId: '6f0f3c1e-0b52-5c1e-9a39-6c6ef0c1a0ff', date: '2026-01-01', ...more, rows: [row] };
      const answer = await client(platform).post<{ rows: { outcome: string; code?: string; field?: string }[] }>(
        '/v1/imports/receivables/invoices',
        body,
      );
      return answer.rows.map(({ outcome, code, field }) => [outcome, code, field].filter((part) => part !== undefined));
    };
    const differs = (field: string) => [['rejected', 'DiffersFromKnown', field]];
    const currency = { ...open, currency: 'SEK' };
    expect(await send(open)).toEqual([['accepted']]);
    const settled = { ...open, disputed: true, settledDate: open.dueDate };
    expect(await send(settled)).toEqual(differs('disputed, settledDate'));
    for (const dryRun of [true, false]) {
      expect(await send({ ...settled, amountMinor: 1 }, { update: true, dryRun })).toEqual(
        differs('amountMinor, disputed, settledDate'),
      );
      expect(await send(currency, { update: true, dryRun })).toEqual(differs('currency'));
    }
    expect(await send(settled, { update: true, dryRun: true })).toEqual([['accepted']]);
    expect(await send(settled, { update: true })).toEqual([['accepted']]);
    expect(await send(settled, { update: true })).toEqual([['already-known']]);
    // A step back is none, neither tried nor done.
    for (const dryRun of [true, false]) {
      expect(await send(open, { update: true, dryRun })).toEqual(differs('disputed, settledDate'));
      expect(await send({ ...settled, settledDate: '2014-01-31' }, { update: true, dryRun })).toEqual(
        differs('settledDate'),
      );
    }
    const page = await client(platform).get<Page<{ id: string }>>('/v1/invoices?number=UPDATE-1');
    const invoice = await client(platform).get<{ facets: object }>(`/v1/invoices/${page.items[0]?.id}`);
    expect(invoice.facets).toEqual({ issued: true, paid: true, overdue: false, disputed: false });
  });

  it('R-19: a trial tells the totals and changes nothing at all', async () => {
    const head = await logHead(platform);
    const trial = await client(platform).post<Run>('/v1/dunning/runs', { ...ORDER, dryRun: true });
    expect(trial).toEqual({ runId: trial.runId, ...REFERENCE_TOTALS, alreadyDecided: 0 });
    expect(await logHead(platform)).toBe(head);
  });

  it('R-09: decides every date once, and a repeat answers the same', async () => {
    const first = await client(platform).post<Run>('/v1/dunning/runs', ORDER);
    expect(first).toEqual({ runId: first.runId, ...REFERENCE_TOTALS, alreadyDecided: 0 });
    undisturbed = await recordedNotices(platform);
    expect(undisturbed).toHaveLength(602);
    const head = await logHead(platform);
    const again = await client(platform).post<Run>('/v1/dunning/runs', ORDER);
    expect(again).toEqual({ runId: again.runId, ...REFERENCE_TOTALS, alreadyDecided: 821 });
    expect(await logHead(platform)).toBe(head);
  }, 120_000);

  it('R-08: refuses another policy over decided dates, unless it is a trial', async () => {
    const head = await logHead(platform);
    const other = { ...ORDER, policy: { ...REFERENCE_POLICY, daysBetweenNotices: 14 } };
    expect(await client(platform).refused('/v1/dunning/runs', other)).toEqual([409, 'DatesAlreadyDecided']);
    const trial = await client(platform).post<Run & { notices: number }>('/v1/dunning/runs', {
      ...other,
      dryRun: true,
    });
    expect([trial.alreadyDecided, trial.notices < 602]).toEqual([821, true]);
    expect(await logHead(platform)).toBe(head);
  });

  it('R-11: keeps every notice with its hash, and decides it again to the same', async () => {
    const { get, call } = client(platform);
    const page = await get<Page<ListedNotice>>('/v1/dunning/notices?limit=500');
    const rest = await get<Page<ListedNotice>>(`/v1/dunning/notices?limit=500&cursor=${page.next}`);
    const notices = [...page.items, ...rest.items];
    expect([notices.length, rest.next]).toEqual([602, null]);
    const [first, last] = [notices[0], notices.at(-1)];
    expect([first?.date, first?.accountNumber, first?.net]).toEqual(['2012-02-03', '1604-LIFKX', USD(9_760)]);
    expect([last?.date, last?.accountNumber]).toEqual(['2014-01-06', '9323-NDIOV']);
    const kept = await get<{ contentHash: string }>(`/v1/dunning/notices/${first?.id}`);
    const content = await call('GET', `/v1/dunning/notices/${first?.id}/content`);
    expect(
      createHash('sha256')
        .update(content.body as string)
        .digest('hex'),
    ).toBe(kept.contentHash);
    expect(content.body as string).toContain('97.60');
    for (const notice of [first, notices[300], last]) {
      const again = await get<{ same: boolean }>(`/v1/dunning/notices/${notice?.id}/decide-again`);
      expect(again.same).toBe(true);
    }
  });

  it('R-11: lists what the published history folds to', async () => {
    const history = await platform.request('GET', '/v1/history/receivables?after=0');
    const events = (history.body as string)
      .split('\n')
      .filter((line) => line.includes('"specversion"'))
      .map((line) => (JSON.parse(line) as { event: CloudEvent }).event);
    expect(events.filter(({ type }) => type === 'kontor.receivables.dunning-notice-issued.v1')).toHaveLength(602);
    const folded = foldInMemory(receivablesLists, events);
    expect(folded.parked).toEqual([]);
    const read = await readTables(platform.database.pool, receivablesLists);
    for (const table of Object.keys(receivablesLists.tables)) expect(read[table]).toEqual(folded.tables[table]);
  });

  it('R-09: refuses dates that have not ended, ranges that end before they begin, and unknown fields', async () => {
    const { refused } = client(platform);
    expect(await refused('/v1/dunning/runs', { ...ORDER, to: '2098-01-01' })).toEqual([422, 'DateNotEnded']);
    expect(await refused('/v1/dunning/runs', { ...ORDER, to: '2011-01-01' })).toEqual([422, 'InvalidRequest']);
    expect(await refused('/v1/dunning/runs', { ...ORDER, force: true })).toEqual([422, 'InvalidRequest']);
    expect(await refused('/v1/dunning/runs', { ...ORDER, from: '2012-02-30' })).toEqual([422, 'InvalidRequest']);
  });

  it('R-08: another currency has its own dates: what is decided in one is open in the other', async () => {
    const EUR = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
    const policy = {
      ...REFERENCE_POLICY,
      currency: 'EUR',
      minimumBalance: EUR(0),
      levels: [{ daysAfterDue: 1, fee: EUR(0) }],
    };
    const run = await client(platform).post<Run>('/v1/dunning/runs', { ...ORDER, policy });
    expect(run).toMatchObject({ notices: 0, decidedDates: 821, alreadyDecided: 0, fees: [EUR(0)] });
  });

  it('X-07: the key of a run with another range is refused', async () => {
    const key = idempotencyKey();
    const range = { from: '2014-04-01', to: '2014-04-02' };
    await client(platform).post<Run>('/v1/dunning/runs', { ...ORDER, ...range }, key);
    const other = await client(platform).call(
      'POST',
      '/v1/dunning/runs',
      { ...ORDER, ...range, to: '2014-04-03' },
      key,
    );
    expect([other.status, (other.body as { code: string }).code]).toEqual([422, 'IdempotencyKeyReused']);
  });

  it('R-08: answers at once when asked to, with a place to watch', async () => {
    const headers = { ...idempotencyKey(), prefer: 'respond-async' };
    const reply = await client(platform).call('POST', '/v1/dunning/runs', ORDER, headers);
    const location = reply.headers.get('location') ?? '';
    expect([reply.status, location.startsWith('/v1/dunning/runs/')]).toEqual([202, true]);
    const finished = await eventually('the run is finished', async () => {
      const run = await client(platform).get<{ status: string; result: Run }>(location);
      return run.status === 'finished' ? run.result : null;
    });
    expect(finished).toEqual({ runId: finished.runId, ...REFERENCE_TOTALS, alreadyDecided: 821 });
  });
});

describe('a dunning run that is killed', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform({ env: { KONTOR_DUNNING_SCHEDULE: 'off' } });
    await importInvoices(platform, rows);
  }, 120_000);
  afterAll(() => platform.dispose());

  it('R-09: gives the same notices when it is called again', async () => {
    const asked = await Promise.all(
      [1, 2].map(() =>
        client(platform).call('POST', '/v1/dunning/runs', ORDER, { ...idempotencyKey(), prefer: 'respond-async' }),
      ),
    );
    // The same request while it goes on is the same run.
    const [location = '', ...others] = new Set(asked.map(({ headers }) => headers.get('location') ?? ''));
    expect([asked.map(({ status }) => status), others]).toEqual([[202, 202], []]);
    const watched = await client(platform).get<{ status: string; dates: number; decided: number }>(location);
    expect([watched.status, watched.dates, watched.decided < 821]).toEqual(['running', 821, true]);
    await eventually('some notices are issued', async () => {
      const found = await platform.database.pool.query<{ notices: number }>(
        'select count(*)::int as notices from receivables.notices',
      );
      return (found.rows[0]?.notices ?? 0) > 100;
    });
    await platform.kill();
    platform = await startPlatform({ again: platform, env: { KONTOR_DUNNING_SCHEDULE: 'off' } });
    const interrupted = await client(platform).get<{ status: string; decided: number; problem: { code: string } }>(
      location,
    );
    expect(interrupted).toMatchObject({ status: 'failed', problem: { code: 'DunningRunInterrupted' } });
    expect(interrupted.decided).toBeLessThan(821);
    // Dates that were begun and are not recorded yet belong to the policy of their run.
    const other = { ...ORDER, from: '2014-03-01', policy: { ...REFERENCE_POLICY, daysBetweenNotices: 14 } };
    expect(await client(platform).refused('/v1/dunning/runs', other)).toEqual([409, 'DatesAlreadyDecided']);
    const run = await client(platform).post<Run>('/v1/dunning/runs', ORDER);
    expect(run).toEqual({ runId: run.runId, ...REFERENCE_TOTALS, alreadyDecided: run.alreadyDecided });
    expect(run.alreadyDecided).toBe(interrupted.decided);
    expect(location).toBe(`/v1/dunning/runs/${run.runId}`);
    await platform.kill();
    platform = await startPlatform({ again: platform, env: { KONTOR_DUNNING_SCHEDULE: 'off' } });
    const recorded = await client(platform).get<{ status: string; result: Run }>(location);
    expect([recorded.status, recorded.result]).toEqual(['finished', run]);
    expect(await recordedNotices(platform)).toEqual(undisturbed);
  }, 120_000);
});
