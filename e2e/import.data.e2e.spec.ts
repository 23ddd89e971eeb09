import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';
import { kontor, kontorJson, startKontor } from './support/command-line.ts';

const DATA = process.env.KONTOR_DATA ?? '../shared/data';
const CRM = join(DATA, 'crm');
const RECEIVABLES = join(DATA, 'receivables');
const LONG_MS = 900_000;

interface Counts {
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly alreadyKnown: number;
}
interface Report extends Counts {
  readonly date: string;
  readonly files: { readonly [file: string]: Counts };
  readonly rejects: string | null;
}
interface Money {
  readonly amountMinor: number;
}
interface Pipeline {
  readonly winRate: string;
  readonly stages: readonly {
    readonly stage: string;
    readonly group?: string | null;
    readonly deals: number;
    readonly amount: Money;
    readonly weighted: Money;
  }[];
  readonly forecast: readonly { readonly weighted: Money }[];
  readonly won: readonly { readonly month: string; readonly amount: Money }[];
  readonly cycle: { readonly p50Days: number; readonly p90Days: number };
}
interface Published {
  readonly event: {
    readonly type: string;
    readonly data: {
      readonly instalmentId?: string;
      readonly dueDate?: string;
      readonly amountMinor?: number;
      readonly valueDate?: string;
      readonly allocations?: readonly { readonly instalmentId: string | null }[];
    };
  };
}

const known = (rows: number): Counts => ({ read: rows, accepted: 0, rejected: 0, alreadyKnown: rows });
const counts = ({ read, accepted, rejected, alreadyKnown }: Counts) => ({ read, accepted, rejected, alreadyKnown });

/** The figures are those that an independent script computed from the files. */
describe('X-09: the two public data sets, imported through killed imports and a killed platform', () => {
  let platform: TestPlatform;
  const cli = <Answer>(...args: string[]) => kontorJson<Answer>(platform.folder, ...args);
  const head = async (service: string) => {
    const { services } = await cli<{ services: { name: string; head: string }[] }>('status');
    return Number(services.find(({ name }) => name === service)?.head);
  };
  const get = async <Answer>(path: string) => (await platform.request('GET', path)).body as Answer;
  async function all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: Item[]; next: string | null } = await get(
        `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }
  /** Answers until the read model has everything that was imported. */
  const tokenOf = async (service: string) => `consistentWith=${service}:${await head(service)}`;
  const pipeline = async (query: string) =>
    eventually(
      'the pipeline has caught up',
      async () => {
        const reply = await platform.request('GET', `/v1/insights/pipeline?${query}&${await tokenOf('accounts')}`);
        const answer: Pipeline = reply.body;
        return reply.status === 200 && answer;
      },
      LONG_MS,
    );
  const stagesOf = (answer: Pipeline) =>
    answer.stages.map(({ stage, deals, amount, weighted }) => [
      stage,
      deals,
      amount.amountMinor / 100,
      weighted.amountMinor / 100,
    ]);

  beforeAll(async () => {
    platform = await startPlatform();
  }, LONG_MS);
  afterAll(() => platform.dispose());

  describe('the CRM', () => {
    it(
      'says in a dry run what would happen, and changes nothing',
      async () => {
        const before = await head('accounts');
        const trial = await cli<Report>('import', 'crm', CRM, '--dry-run');
        expect(counts(trial)).toEqual({ read: 8_927, accepted: 8_927, rejected: 0, alreadyKnown: 0 });
        expect(await head('accounts')).toBe(before);
      },
      LONG_MS,
    );

    it(
      'goes on where it was when it was killed in the middle',
      async () => {
        const before = await head('accounts');
        const first = startKontor(platform.folder, 'import', 'crm', CRM);
        await eventually('some of the deals are in', async () => (await head('accounts')) > before + 3_000, LONG_MS);
        first.child.kill('SIGKILL');
        expect((await first.ended).signal).toBe('SIGKILL');

        const second = await cli<Report>('import', 'crm', CRM);
        expect([second.read, second.rejected, second.rejects]).toEqual([8_927, 0, null]);
        expect(second.alreadyKnown).toBeGreaterThan(500);
        expect(second.accepted + second.alreadyKnown).toBe(8_927);
      },
      LONG_MS,
    );

    it(
      'adds nothing when it is imported again, and counts the data rows of every file',
      async () => {
        const before = await head('accounts');
        const again = await cli<Report>('import', 'crm', CRM);
        expect(counts(again)).toEqual(known(8_927));
        expect(again.files).toEqual({
          'accounts.csv': known(85),
          'products.csv': known(7),
          'sales_teams.csv': known(35),
          'sales_pipeline.csv': known(8_800),
        });
        expect(await head('accounts')).toBe(before);
      },
      LONG_MS,
    );

    it(
      'I-01, P-04: has the deals, values, forecast, win rate and cycle times of the files',
      async () => {
        const now = await pipeline('');
        expect(stagesOf(now)).toEqual([
          ['Prospecting', 500, 1_073_986, 107_398.6],
          ['Engaging', 1_589, 3_892_229, 1_946_114.5],
          ['Won', 4_238, 10_005_534, 10_005_534],
          ['Lost', 2_473, expect.any(Number), 0],
        ]);
        expect(now.forecast.reduce((sum, { weighted }) => sum + weighted.amountMinor, 0)).toBe(205_351_310);
        expect(now.winRate).toBe('63.15');
        expect([now.cycle.p50Days, now.cycle.p90Days]).toEqual([57, 106]);
        expect(now.won.find(({ month }) => month === '2017-03')?.amount.amountMinor).toBe(113_467_200);
      },
      LONG_MS,
    );

    it(
      'I-01: has the won value of every region, and the deals without account in the queue of enquiries',
      async () => {
        const { stages } = await pipeline('groupBy=region');
        const won = stages.filter(({ stage }) => stage === 'Won');
        expect(Object.fromEntries(won.map(({ group, amount }) => [group, amount.amountMinor / 100]))).toEqual({
          Central: 3_346_293,
          West: 3_568_647,
          East: 3_090_594,
        });
        expect((await all('/v1/opportunities?queue=enquiries')).length).toBe(1_425);
      },
      LONG_MS,
    );

    it(
      'I-04: stood on 2017-06-30 as it stood then',
      async () => {
        const then = await pipeline('asOf=2017-06-30');
        expect(stagesOf(then)).toEqual([
          ['Engaging', 1_686, 4_216_807, 2_108_403.5],
          ['Won', 1_785, 4_220_783, 4_220_783],
          ['Lost', 894, expect.any(Number), 0],
        ]);
        expect(then.winRate).toBe('66.63');
      },
      LONG_MS,
    );
  });

  describe('the receivables', () => {
    it(
      'goes on where it was when the platform was killed in the middle; the import says what to do',
      async () => {
        const before = await head('receivables');
        const first = startKontor(platform.folder, 'import', 'receivables', RECEIVABLES);
        await eventually('some invoices are in', async () => (await head('receivables')) > before + 500, LONG_MS);
        await platform.kill();
        const { code, stderr } = await first.ended;
        expect(code).toBe(1);
        expect(stderr).toContain('The same import again goes on where this one stopped.');

        platform = await startPlatform({ again: platform });
        const second = await cli<Report>('import', 'receivables', RECEIVABLES);
        expect([second.read, second.rejected]).toEqual([2_466, 0]);
        expect(second.accepted + second.alreadyKnown).toBe(2_466);
      },
      LONG_MS,
    );

    it(
      'adds nothing when it is imported again, from the file as from its folder',
      async () => {
        const before = await head('receivables');
        const again = await cli<Report>('import', 'receivables', join(RECEIVABLES, 'accounts-receivable.csv'));
        expect({ ...counts(again), files: again.files }).toEqual({
          ...known(2_466),
          files: { 'accounts-receivable.csv': known(2_466) },
        });
        expect(await head('receivables')).toBe(before);
      },
      LONG_MS,
    );

    it(
      'X-02: publishes what was invoiced, disputed and paid late, each once',
      async () => {
        const { stdout } = await kontor(platform.folder, 'history', 'receivables');
        const events = stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Partial<Published>)
          .flatMap(({ event }) => event ?? []);
        const ofType = (name: string) =>
          events.filter(({ type }) => type === `kontor.receivables.${name}.v1`).map(({ data }) => data);
        const items = ofType('item-opened');
        const due = new Map(items.map(({ instalmentId, dueDate }) => [instalmentId, dueDate ?? '']));
        const late = ofType('payment-received').filter(({ allocations, valueDate }) =>
          allocations?.some(({ instalmentId }) => (valueDate ?? '') > (due.get(instalmentId ?? '') ?? '')),
        );
        expect(items.reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0), 0)).toBe(14_770_318);
        expect([items.length, ofType('dispute-raised').length, late.length]).toEqual([2_466, 561, 877]);
      },
      LONG_MS,
    );

    it('A-01: finds a customer by number, with the unknown country beside an empty one', async () => {
      const [account] = await all<{ number: string; name: string; country: string | null }>(
        '/v1/accounts?number=1604-LIFKX',
      );
      expect([account?.number, account?.name, account?.country]).toEqual(['1604-LIFKX', '1604-LIFKX', null]);
    });
  });

  describe('the dunning run over the receivables', () => {
    const RUN = ['dunning', 'run', '--from', '2012-01-01', '--to', '2014-03-31', '--currency', 'USD'];
    const TOTALS = {
      from: '2012-01-01',
      to: '2014-03-31',
      notices: 602,
      byLevel: { 1: 404, 2: 152, 3: 46 },
      accounts: 59,
      itemLines: 641,
      fees: [{ amountMinor: 336_000, currency: 'USD' }],
      decidedDates: 821,
    };

    /** The figures that a dunning run does not change, and the fees, which it does. */
    async function collected(chargesMinor: number): Promise<void> {
      const token = await tokenOf('receivables');
      const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
      const ageing = await get<{ currencies: { buckets: object[] }[] }>(
        `/v1/insights/ageing?asOf=2013-03-31&currency=USD&${token}`,
      );
      expect(ageing.currencies).toMatchObject([
        {
          currency: 'USD',
          items: 94,
          outstanding: usd(590_374),
          charges: usd(chargesMinor),
          unallocated: usd(0),
          buckets: [
            { bucket: 'not-due', items: 85, amount: usd(522_237) },
            { bucket: '1-30', items: 9, amount: usd(68_137) },
            { bucket: '31-60', items: 0, amount: usd(0) },
            { bucket: '61-90', items: 0, amount: usd(0) },
            { bucket: '91-120', items: 0, amount: usd(0) },
            { bucket: 'over-120', items: 0, amount: usd(0) },
          ],
        },
      ]);
      const collection = await get<{ currencies: object[] }>(
        `/v1/insights/collection?to=2013-03-31&days=90&currency=USD&${token}`,
      );
      expect(collection.currencies).toMatchObject([
        {
          currency: 'USD',
          opening: usd(572_506),
          sales: usd(1_928_165),
          end: usd(590_374),
          notDue: usd(522_237),
          dso: '27.56',
          bestPossibleDso: '24.38',
          daysDelinquent: '3.18',
          cei: '96.56',
        },
      ]);
    }

    it('R-15, R-17: ageing and collection are those of the files before it', () => collected(0), LONG_MS);

    it(
      'R-19: a trial answers the same totals and changes nothing at all',
      async () => {
        const before = await head('receivables');
        expect(await cli(...RUN, '--dry-run')).toEqual({ runId: expect.any(String), ...TOTALS, alreadyDecided: 0 });
        expect(await head('receivables')).toBe(before);
      },
      LONG_MS,
    );

    it(
      'R-09: issues 602 notices, and none again when it is repeated',
      async () => {
        expect(await cli(...RUN, '--yes')).toEqual({ runId: expect.any(String), ...TOTALS, alreadyDecided: 0 });
        const before = await head('receivables');
        expect(await cli(...RUN, '--yes')).toEqual({ runId: expect.any(String), ...TOTALS, alreadyDecided: 821 });
        expect(await head('receivables')).toBe(before);
      },
      LONG_MS,
    );

    it(
      'R-11: first wrote to 1604-LIFKX, last to 9323-NDIOV, about 436 different items, and decides the same again',
      async () => {
        const token = await tokenOf('receivables');
        const notices = await all<{ id: string; date: string; accountNumber: string; net: Money }>(
          `/v1/dunning/notices?${token}`,
        );
        const [first, last] = [notices[0], notices.at(-1)];
        expect([first?.date, first?.accountNumber, first?.net.amountMinor]).toEqual([
          '2012-02-03',
          '1604-LIFKX',
          9_760,
        ]);
        expect([last?.date, last?.accountNumber]).toEqual(['2014-01-06', '9323-NDIOV']);
        const shown = await all<{ items: { instalmentId: string }[] }>(`/v1/insights/dunning/notices?${token}`);
        const listed = shown.flatMap(({ items }) => items.map(({ instalmentId }) => instalmentId));
        expect([listed.length, new Set(listed).size]).toEqual([641, 436]);
        const again = await cli<{ same: boolean }>('dunning', 'notice', last?.id ?? '', '--decide-again');
        expect(again.same).toBe(true);
      },
      LONG_MS,
    );

    it('R-15, R-17: changed no bucket and no ratio; its fees stand beside them', () => collected(254_000), LONG_MS);
  });
});
