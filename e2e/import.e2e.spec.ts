import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform, type TestPlatform } from '@kontor/testing';
import { kontor, kontorJson } from './support/command-line.ts';

const HEADER =
  'countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate';
const ACCOUNTS = 'account,sector,year_established,revenue,employees,office_location,subsidiary_of';
const DEALS = 'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value';

/** A settled invoice: issued on 2013-01-02, due on 2013-02-01, paid on 2013-01-15. */
const invoice = (customer: string, number: string, amount = '55.94') =>
  `391,${customer},4/6/2013,${number},1/2/2013,2/1/2013,${amount},No,1/15/2013,Paper,13,0`;
const open = (customer: string, number: string) => `391,${customer},,${number},1/2/2013,2/1/2013,55.94,No,,Paper,,`;

interface Counts {
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly alreadyKnown: number;
}
interface Report extends Counts {
  readonly files: { readonly [file: string]: Counts };
  readonly rejects: string | null;
  readonly warnings: readonly string[];
}

describe('X-09: files that are not what they should be', () => {
  let platform: TestPlatform;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.dispose());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kontor-import-'));
    file = join(folder, 'invoices.csv');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const head = async () => {
    const { body } = await platform.request('GET', '/v1/platform/status');
    return (body as { services: { name: string; head: string }[] }).services.map(({ head: position }) => position);
  };
  async function importInvoices(content: string | Buffer, ...options: string[]) {
    await writeFile(file, content);
    return kontorJson<Report>(platform.folder, 'import', 'receivables', file, ...options);
  }
  const counts = ({ read, accepted, rejected, alreadyKnown }: Counts) => [read, accepted, rejected, alreadyKnown];
  const rejects = () => readFile(`${file}.rejected.csv`, 'utf8');

  it('accepts CRLF, a byte-order mark and a last line without line end, of which it warns', async () => {
    const report = await importInvoices(`\uFEFF${HEADER}\r\n${invoice('C-1', '01')}\r\n${invoice('C-1', '02')}`);
    expect(counts(report)).toEqual([2, 2, 0, 0]);
    expect(report.rejects).toBe(null);
    expect(report.warnings).toEqual([
      'invoices.csv line 3: the last line has no line end; if the file was cut off there, the end of its last value may be missing.',
    ]);
    expect(existsSync(`${file}.rejected.csv`)).toBe(false);
  });

  it('rejects each bad line with line, column, reason and the line itself, and imports the others', async () => {
    const latin1 = Buffer.concat([
      Buffer.from(`${HEADER}\r\n391,Caf`),
      Buffer.from([0xe9]),
      Buffer.from(`,4/6/2013,11,1/2/2013,2/1/2013,55.94,No,1/15/2013,Paper,13,0\r\n`),
      Buffer.from(`391,"C-2,4/6/2013,12,1/2/2013,2/1/2013,55.94,No,1/15/2013,Paper,13,0\r\n`),
      Buffer.from(`${invoice('C-2', '13', '1.005')}\r\n`),
      Buffer.from(`${invoice('C-2', '14').replace('1/2/2013', '2/30/2013')}\r\n`),
      Buffer.from(`${invoice('C-2', '15', '90071992547409.93')}\r\n`),
      Buffer.from(`${invoice('C-2', '16')}\r\n`),
      Buffer.from(`391,C-2,4/6/2013,17,1/2/2013,2/1/20`),
    ]);
    const report = await importInvoices(latin1);
    expect(counts(report)).toEqual([7, 1, 6, 0]);
    expect(report.files).toEqual({ 'invoices.csv': { read: 7, accepted: 1, rejected: 6, alreadyKnown: 0 } });
    expect(report.rejects).toBe(`${file}.rejected.csv`);
    const lines = (await rejects()).trimEnd().split('\n');
    expect(lines.map((line) => line.split(',').slice(0, 4))).toEqual([
      ['file', 'line', 'column', 'code'],
      ['invoices.csv', '2', 'customerID', 'InvalidRow'],
      ['invoices.csv', '3', 'customerID', 'InvalidRow'],
      ['invoices.csv', '4', 'InvoiceAmount', 'InvalidRow'],
      ['invoices.csv', '5', 'InvoiceDate', 'InvalidRow'],
      ['invoices.csv', '6', 'InvoiceAmount', 'InvalidRow'],
      ['invoices.csv', '8', 'InvoiceAmount', 'InvalidRow'],
    ]);
    expect(lines[1]).toContain('has a byte that is not UTF-8 at character 8 (is the file Latin-1?)');
    expect(lines[2]).toContain('a quote is opened and not closed on this line');
    expect(lines[3]).toContain(`,"is ""1.005"": USD has 2 decimals","${invoice('C-2', '13', '1.005')}"`);
    expect(lines[6]).toContain('the line has 6 fields instead of 12');
  });

  it('rejects the last line when it was cut within its last value', async () => {
    const whole = `${HEADER}\r\n${invoice('C-3', '21').replace(',13,0', ',43,12').replace('1/15/2013', '2/14/2013')}`;
    // Late by 13 days: the figure is checked against the dates.
    const report = await importInvoices(whole.replace(',43,12', ',43,13').slice(0, -1));
    expect(counts(report)).toEqual([1, 0, 1, 0]);
    expect(await rejects()).toContain('DaysLate,InvalidRow,"is not 13, the days between the dates"');
  });

  it.each([
    ['an empty file', '', 'invoices.csv is empty: there is not even a header.'],
    ['another header', 'a,b,c\n1,2,3\n', 'invoices.csv line 1: the header should be "countryCode,customerID,'],
  ])('refuses %s as a whole, before anything is sent', async (_what, content, sentence) => {
    const before = await head();
    await writeFile(file, content);
    const { code, stdout, stderr } = await kontor(platform.folder, 'import', 'receivables', file);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`kontor: ${sentence}`);
    expect(stderr.trimEnd().split('\n').length).toBe(1);
    expect(await head()).toEqual(before);
  });

  it('reads a file with a header alone: no rows', async () => {
    expect(counts(await importInvoices(`${HEADER}\n`))).toEqual([0, 0, 0, 0]);
  });

  it('names what differs from what is known; --update applies what is a legal next step', async () => {
    expect(counts(await importInvoices(`${HEADER}\n${open('C-4', '31')}\n${invoice('C-4', '32')}\n`))).toEqual([
      2, 2, 0, 0,
    ]);
    const changed = `${HEADER}\n${invoice('C-4', '31')}\n${invoice('C-4', '32', '66.00')}\n`;
    expect(counts(await importInvoices(changed))).toEqual([2, 0, 2, 0]);
    expect(await rejects()).toBe(
      [
        'file,line,column,code,reason,original',
        `invoices.csv,2,SettledDate,DiffersFromKnown,It was imported before with another settledDate.,"${invoice('C-4', '31')}"`,
        `invoices.csv,3,InvoiceAmount,DiffersFromKnown,It was imported before with another amountMinor.,"${invoice('C-4', '32', '66.00')}"`,
        '',
      ].join('\n'),
    );
    const trial = await importInvoices(changed, '--update', '--dry-run');
    const updated = await importInvoices(changed, '--update');
    expect([trial, updated].map(counts)).toEqual([
      [2, 1, 1, 0],
      [2, 1, 1, 0],
    ]);
    expect(counts(await importInvoices(changed))).toEqual([2, 0, 1, 1]);
  });

  it('rejects every invoice of a customer who comes back from another country', async () => {
    await importInvoices(`${HEADER}\n${invoice('C-5', '41')}\n`);
    const moved = invoice('C-5', '42').replace(/^391/, '406');
    const named = join(folder, 'moved.csv');
    const report = await importInvoices(`${HEADER}\n${moved}\n${invoice('C-5', '43')}\n`, '--rejects', named);
    expect(counts(report)).toEqual([2, 1, 1, 0]);
    expect(report.rejects).toBe(named);
    expect(await readFile(named, 'utf8')).toContain('invoices.csv,2,countryCode,DiffersFromKnown,');
  });

  describe('a folder of the CRM', () => {
    async function crm(files: { readonly [name: string]: string }, ...options: string[]) {
      const path = join(folder, 'crm');
      await mkdir(path, { recursive: true });
      const all = {
        'accounts.csv': `${ACCOUNTS}\nIsdom,medical,1999,3178.24,4540,United States,\n`,
        'products.csv': 'product,series,sales_price\nGTX Pro,GTX,4821\n',
        'sales_teams.csv': 'sales_agent,manager,regional_office\nAnna Snelling,Dustin Brinkmann,Central\n',
        'sales_pipeline.csv': `${DEALS}\nOPP1,Anna Snelling,GTXPro,Isdom,Engaging,2016-10-25,,\n`,
        ...files,
      };
      for (const [name, content] of Object.entries(all)) await writeFile(join(path, name), content);
      return kontor(platform.folder, '--json', 'import', 'crm', path, ...options);
    }
    const reportOf = async (...imported: Parameters<typeof crm>) =>
      JSON.parse((await crm(...imported)).stdout) as Report;

    it('checks every header before anything is sent', async () => {
      const before = await head();
      const { code, stderr } = await crm({ 'sales_pipeline.csv': 'opportunity_id,agent\nOPP1,Anna\n' });
      expect(code).toBe(1);
      expect(stderr).toContain('kontor: sales_pipeline.csv line 1: the header should be "opportunity_id,');
      expect(await head()).toEqual(before);
    });

    it('finds agent, account and product whatever their spaces and case, and names who is unknown', async () => {
      const report = await reportOf({
        'sales_pipeline.csv': [
          DEALS,
          'OPP1,anna  SNELLING,GTXPro,ISDOM,Engaging,2016-10-25,,',
          'OPP2,Nobody,GTX Pro,,Engaging,2016-10-25,,',
          'OPP3,Anna Snelling,GTX Pro,Nowhere,Engaging,2016-10-25,,',
          'OPP4,Anna Snelling,MG 1,,Engaging,2016-10-25,,',
          'OPP5,Anna Snelling,GTX Pro,,Prospecting,,,',
          '',
        ].join('\n'),
      });
      expect(counts(report)).toEqual([8, 5, 3, 0]);
      const text = await readFile(join(folder, 'crm.rejected.csv'), 'utf8');
      expect(text.split('\n').map((line) => line.split(',').slice(1, 4).join(' '))).toEqual([
        'line column code',
        '3 sales_agent OwnerUnknown',
        '4 account AccountNotKnown',
        '5 product InvalidRow',
        '',
      ]);
    });

    it('says which cell of a deal differs; with --update a deal goes on to its next stage', async () => {
      const won = {
        'sales_pipeline.csv': `${DEALS}\nOPP1,Anna Snelling,GTXPro,Isdom,Won,2016-10-25,2017-03-01,4514\n`,
      };
      expect(counts(await reportOf({}))).toEqual([4, 0, 0, 4]);
      expect(counts(await reportOf(won))).toEqual([4, 0, 1, 3]);
      expect(await readFile(join(folder, 'crm.rejected.csv'), 'utf8')).toContain(
        'sales_pipeline.csv,2,"close_date, close_value, deal_stage",DiffersFromKnown,',
      );
      expect(counts(await reportOf(won, '--update'))).toEqual([4, 1, 0, 3]);
      expect(counts(await reportOf(won))).toEqual([4, 0, 0, 4]);
      expect(existsSync(join(folder, 'crm.rejected.csv'))).toBe(false);
    });

    it('is a folder that exists', async () => {
      for (const [path, sentence] of [
        [join(folder, 'nowhere'), `${join(folder, 'nowhere')} does not exist.`],
        [folder, `There is no sales_teams.csv in ${folder}.`],
      ] as const) {
        const { code, stderr } = await kontor(platform.folder, 'import', 'crm', path);
        expect([code, stderr]).toEqual([1, `kontor: ${sentence}\n`]);
      }
    });
  });
});
