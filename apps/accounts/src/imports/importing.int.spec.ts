import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountAggregate, opportunityAggregate, staffAggregate } from '@kontor/accounts-domain';
import { foldInMemory, readTables } from '@kontor/projections';
import { AccountNumbers } from '../account/account-numbers.ts';
import { accountsUnderTest, type AccountsUnderTest, idOf } from '../accounts.scenarios.ts';
import { accountsService } from '../accounts.subscriptions.ts';
import { Pipelines } from '../pipeline/pipelines.ts';
import { importCrmAccounts } from './crm-accounts.ts';
import { importCrmOpportunities } from './crm-opportunities.ts';
import { importCrmStaff } from './crm-staff.ts';
import { importedId } from './import-run.ts';
import type { RawRow } from './import.requests.ts';

const runDate = '2026-11-20';
const plain = { actor: 'importer', runId: idOf('run'), update: false, dryRun: false };
const updating = { ...plain, runId: idOf('second run'), update: true };
const dry = { ...plain, dryRun: true };

let accounts: AccountsUnderTest;
let numbers: AccountNumbers;
let pipelines: Pipelines;

const call = (mode: typeof plain, ...rows: readonly RawRow[]) => ({ ...mode, date: runDate, rows: [...rows] });
const staff = async (mode: typeof plain, ...rows: readonly RawRow[]) =>
  (await importCrmStaff(accounts.runtime, mode, call(mode, ...rows))).map(({ result }) => result);
const customers = async (mode: typeof plain, ...rows: readonly RawRow[]) =>
  (await importCrmAccounts(accounts.runtime, numbers, mode, call(mode, ...rows))).map(({ result }) => result);
const deals = async (mode: typeof plain, ...rows: readonly RawRow[]) =>
  (await importCrmOpportunities(accounts.runtime, pipelines, mode, call(mode, ...rows))).map(({ result }) => result);

const agent = { line: 2, salesAgent: 'Anna Snelling', manager: 'Dustin Brinkmann', regionalOffice: 'Central' };
const acme = { line: 2, account: 'Acme Corporation', sector: 'technolgy', officeLocation: 'Philipines' };
const deal = {
  line: 2,
  opportunityId: '1C1I7A6R',
  salesAgent: 'Anna Snelling',
  product: 'GTXPro',
  listPrice: { amountMinor: 482_100, currency: 'USD' },
  account: null,
  dealStage: 'Engaging',
  engageDate: '2016-10-20',
};
const dealId = importedId('crm', 'opportunity', '1C1I7A6R');

describe('importing', () => {
  beforeAll(async () => {
    accounts = await accountsUnderTest('2026-11-20T10:00:00.000Z');
    numbers = new AccountNumbers(accounts.runtime);
    pipelines = new Pipelines(accounts.runtime);
  });
  afterAll(() => accounts.drop());

  it('X-09: a dry run says what would happen, and changes nothing at all', async () => {
    const before = await accounts.events();
    expect(await staff(dry, agent)).toEqual([{ line: 2, outcome: 'accepted' }]);
    expect(await customers(dry, acme)).toEqual([{ line: 2, outcome: 'accepted' }]);
    expect(await deals(dry, deal)).toEqual([{ line: 2, outcome: 'accepted' }]);
    expect(await accounts.events()).toBe(before);
  });

  it('X-09: a row that names an unknown agent or account is rejected', async () => {
    expect(await deals(plain, deal)).toEqual([
      {
        line: 2,
        outcome: 'rejected',
        code: 'OwnerUnknown',
        sentence: 'The sales agent Anna Snelling is not known.',
        field: 'salesAgent',
      },
    ]);
    await staff(plain, agent);
    expect(await deals(plain, { ...deal, account: 'Nobody' })).toEqual([
      {
        line: 2,
        outcome: 'rejected',
        code: 'AccountNotKnown',
        sentence: 'The account Nobody is not known.',
        field: 'account',
      },
    ]);
  });

  it('X-09: a row that is not right is rejected by itself, naming the field', async () => {
    const rows = [
      { line: 2, opportunityId: 'A' },
      { ...deal, line: 3, engageDate: '2017-02-30' },
      { ...deal, line: 4, dealStage: 'Won', closeDate: '2017-01-01' },
      { ...deal, line: 5, closeDate: '2017-01-01' },
      { ...deal, line: 6, dealStage: 'Lost', closeDate: '2016-10-19' },
      { ...deal, line: 7, engageDate: null },
      { ...deal, line: 8 },
    ];
    const results = await deals(plain, ...rows);
    expect(results.map(({ line, outcome, field }) => [line, outcome, field])).toEqual([
      [2, 'rejected', 'salesAgent'],
      [3, 'rejected', 'engageDate'],
      [4, 'rejected', 'closeValue'],
      [5, 'rejected', 'closeDate'],
      [6, 'rejected', 'closeDate'],
      [7, 'rejected', 'engageDate'],
      [8, 'accepted', undefined],
    ]);
  });

  it('A-01: an unknown country stays text beside an empty country, and the spelling of the source is kept', async () => {
    expect(await customers(plain, acme)).toEqual([{ line: 2, outcome: 'accepted' }]);
    const { state } = await accounts.runtime.runner.load(
      accountAggregate,
      importedId('crm', 'account', 'acmecorporation'),
    );
    expect(state?.profile).toMatchObject({ country: null, countryText: 'Philipines', sector: 'technolgy' });
  });

  it('X-09: other content is rejected, and applied by an update when that is a legal next step', async () => {
    const corrected = { ...acme, sector: 'technology', officeLocation: 'Philippines' };
    expect(await customers(plain, corrected)).toEqual([
      {
        line: 2,
        outcome: 'rejected',
        code: 'DiffersFromKnown',
        sentence: 'It was imported before with another office_location, sector.',
        field: 'office_location, sector',
      },
    ]);
    expect(await customers(updating, corrected)).toEqual([{ line: 2, outcome: 'accepted' }]);
    const { state } = await accounts.runtime.runner.load(
      accountAggregate,
      importedId('crm', 'account', 'acmecorporation'),
    );
    expect(state?.profile).toMatchObject({ country: 'PH', countryText: 'Philippines', sector: 'technology' });
    expect(await customers(updating, corrected)).toEqual([{ line: 2, outcome: 'already-known' }]);
    expect(await customers(plain, acme)).toMatchObject([{ outcome: 'rejected', code: 'DiffersFromKnown' }]);
  });

  it('X-09: an update closes a deal that the source closed since, and never opens one again', async () => {
    const won = {
      ...deal,
      account: 'Acme Corporation',
      dealStage: 'Won',
      closeDate: '2017-03-01',
      closeValue: { amountMinor: 480_000, currency: 'USD' },
    };
    expect(await deals(updating, won)).toEqual([{ line: 2, outcome: 'accepted' }]);
    const { state } = await accounts.runtime.runner.load(opportunityAggregate, dealId);
    expect(state?.stages.map(({ stage, evidence, businessDate }) => [stage, evidence, businessDate])).toEqual([
      ['Engaging', null, '2016-10-20'],
      ['Won', 'imported', '2017-03-01'],
    ]);
    expect(state).toMatchObject({
      queue: null,
      accountId: importedId('crm', 'account', 'acmecorporation'),
      amount: { amount: { amountMinor: 480_000, currency: 'USD' }, businessDate: '2017-03-01' },
    });
    expect(await deals(updating, won)).toEqual([{ line: 2, outcome: 'already-known' }]);
    expect(await deals(plain, won)).toEqual([{ line: 2, outcome: 'already-known' }]);
    expect(await deals(updating, { ...won, dealStage: 'Engaging', closeDate: null, closeValue: null })).toMatchObject([
      { outcome: 'rejected', code: 'DiffersFromKnown' },
    ]);
    expect(await deals(updating, { ...won, dealStage: 'Lost', closeValue: null })).toMatchObject([
      { outcome: 'rejected', code: 'OpportunityClosed' },
    ]);
  });

  it('A-11: an agent who moved is placed anew from the run on, the past keeps the old region', async () => {
    expect(await staff(updating, { ...agent, regionalOffice: 'West' })).toEqual([{ line: 2, outcome: 'accepted' }]);
    const { state } = await accounts.runtime.runner.load(staffAggregate, importedId('crm', 'staff', 'annasnelling'));
    expect(state?.placings.map(({ region, businessDate }) => [region, businessDate])).toEqual([
      ['Central', '1900-01-01'],
      ['West', runDate],
    ]);
    expect(await staff(plain, { ...agent, regionalOffice: 'West' })).toEqual([{ line: 2, outcome: 'already-known' }]);
  });

  it('X-03: the read models are the fold of the log, nothing more', async () => {
    await accounts.fold();
    const events = await accounts.published();
    for (const projection of accountsService.projections)
      expect(await readTables(accounts.runtime.pool, projection)).toEqual(foldInMemory(projection, events).tables);
  });
});
