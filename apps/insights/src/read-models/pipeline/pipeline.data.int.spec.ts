import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessProjection } from '@kontor/auth';
import { ProjectionRunner } from '@kontor/projections';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { momentOf } from '../../answers/moment.ts';
import { inSnapshot } from '../../answers/snapshot.ts';
import { publishCrm } from '../../crm.scenarios.ts';
import { EventLogs, GlassVault } from '../../events.scenarios.ts';
import { dealsAnswer } from './deals.query.ts';
import { firstPage } from '../../events.scenarios.ts';
import { type GroupBy, pipelineAnswer } from './pipeline.query.ts';
import { pipelineProjection } from './pipeline.projection.ts';

const IMPORTED_ON = '2026-11-21';
const usd = (units: number) => ({ amountMinor: Math.round(units * 100), currency: 'USD' });

describe('the pipeline of the CRM data', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
    const logs = new EventLogs('2026-11-21T12:00:00.000Z');
    publishCrm(logs, IMPORTED_ON);
    await new ProjectionRunner(database.pool, logs, accessProjection('insights')).catchUp();
    await new ProjectionRunner(database.pool, logs, pipelineProjection, { vault: new GlassVault() }).catchUp();
  }, 120_000);

  afterAll(() => database.drop());

  const ask = (asOf: string, groupBy?: GroupBy) =>
    inSnapshot(database.pool, async (reader) =>
      pipelineAnswer(reader, {
        moment: await momentOf(
          reader,
          { deal_facts: ['accounts'], staff_facts: ['accounts'] },
          { asOf, asKnownAt: undefined },
        ),
        baseCurrency: 'USD',
        scope: { kind: 'all' },
        filters: {},
        groupBy,
      }),
    );

  const without = <Item extends { readonly explain: string }>({ explain: _explain, ...rest }: Item) => rest;

  it('P-04 I-01: gives the figures of today', async () => {
    const answer = await ask(IMPORTED_ON);
    expect(answer.stages.map(without)).toEqual([
      {
        stage: 'Prospecting',
        kind: 'open',
        currency: 'USD',
        deals: 500,
        amount: usd(1_073_986),
        weighted: usd(107_398.6),
      },
      {
        stage: 'Engaging',
        kind: 'open',
        currency: 'USD',
        deals: 1589,
        amount: usd(3_892_229),
        weighted: usd(1_946_114.5),
      },
      { stage: 'Won', kind: 'won', currency: 'USD', deals: 4238, amount: usd(10_005_534), weighted: usd(10_005_534) },
      { stage: 'Lost', kind: 'lost', currency: 'USD', deals: 2473, amount: usd(5_946_468), weighted: usd(0) },
    ]);
    expect(answer.forecast.map(without)).toEqual([
      { month: 'undated', currency: 'USD', deals: 2089, weighted: usd(2_053_513.1) },
    ]);
    expect(answer.winRate).toBe('63.15');
    expect(answer.cycle).toEqual({ deals: 4238, p50Days: 57, p90Days: 106 });
    expect(answer.won.find((month) => month.month === '2017-03')?.amount).toEqual(usd(1_134_672));
  });

  it('P-06 I-04: gives the pipeline as it stood on a past day', async () => {
    const answer = await ask('2017-06-30');
    expect(answer.stages.map(without)).toEqual([
      {
        stage: 'Engaging',
        kind: 'open',
        currency: 'USD',
        deals: 1686,
        amount: usd(4_216_807),
        weighted: usd(2_108_403.5),
      },
      { stage: 'Won', kind: 'won', currency: 'USD', deals: 1785, amount: usd(4_220_783), weighted: usd(4_220_783) },
      { stage: 'Lost', kind: 'lost', currency: 'USD', deals: 894, amount: usd(2_116_569), weighted: usd(0) },
    ]);
    expect(answer.winRate).toBe('66.63');
  });

  it('I-01: groups by region, manager and owner, and the parts sum to the whole', async () => {
    const regions = await ask(IMPORTED_ON, 'region');
    const wonOf = (region: string) =>
      regions.stages.find((stage) => stage.group === region && stage.kind === 'won')?.amount;
    expect([wonOf('Central'), wonOf('West'), wonOf('East')]).toEqual([usd(3_346_293), usd(3_568_647), usd(3_090_594)]);
    for (const groupBy of ['owner', 'manager', 'region'] as const) {
      const answer = await ask('2017-06-30', groupBy);
      const parts = answer.stages;
      const sum = (kind: string) =>
        parts.filter((part) => part.kind === kind).reduce((total, part) => total + part.weighted.amountMinor, 0);
      expect([sum('open'), sum('won')]).toEqual([210_840_350, 422_078_300]);
    }
  });

  it('I-06: explains a figure by the deals and events behind it, page by page', async () => {
    const explained = await inSnapshot(database.pool, async (reader) =>
      dealsAnswer(reader, {
        moment: { asOf: '2017-06-30', asKnownAt: '2026-11-22T00:00:00Z', positions: {} },
        baseCurrency: 'USD',
        scope: { kind: 'all' },
        filters: { stage: 'Engaging', kind: 'open', currency: 'USD' },
        page: firstPage(2),
        withEvents: true,
      }),
    );
    expect(explained.totals).toEqual([
      { currency: 'USD', deals: 1686, amount: usd(4_216_807), weighted: usd(2_108_403.5) },
    ]);
    expect(explained.items.length).toBe(2);
    expect(explained.next).not.toBeNull();
    expect(explained.items[0]?.events?.map((event) => (event as { aspect: string }).aspect)).toEqual([
      'amount',
      'opened',
      'stage',
    ]);
  });
});
