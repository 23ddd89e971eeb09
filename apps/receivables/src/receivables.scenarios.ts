import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { idempotencyKey, type TestPlatform } from '@kontor/testing';

/** The policy of the reference figures, as a request. */
export const USD = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
export const REFERENCE_POLICY = {
  currency: 'USD',
  daysBetweenNotices: 7,
  minimumBalance: USD(0),
  levels: [
    { daysAfterDue: 1, fee: USD(0) },
    { daysAfterDue: 8, fee: USD(1_000) },
    { daysAfterDue: 15, fee: USD(4_000) },
  ],
};
export const REFERENCE_TOTALS = {
  from: '2012-01-01',
  to: '2014-03-31',
  notices: 602,
  byLevel: { '1': 404, '2': 152, '3': 46 },
  accounts: 59,
  itemLines: 641,
  fees: [USD(336_000)],
  decidedDates: 821,
};

function isoDate(american: string): string {
  const [month = '', day = '', year = ''] = american.split('/');
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** The receivables file as rows of the bulk import. */
export function invoiceRows() {
  const file = join(process.env.KONTOR_DATA ?? '', 'receivables/accounts-receivable.csv');
  return readFileSync(file, 'utf8')
    .split('\r\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line, index) => {
      const [country = '', account = '', , number = '', invoiced = '', due = '', amount = '', disputed, settled = ''] =
        line.split(',');
      return {
        country,
        row: {
          line: index + 2,
          number,
          accountNumber: account,
          invoiceDate: isoDate(invoiced),
          dueDate: isoDate(due),
          amountMinor: Math.round(Number(amount) * 100),
          currency: 'USD',
          disputed: disputed === 'Yes',
          settledDate: isoDate(settled),
        },
      };
    });
}

export type InvoiceRow = ReturnType<typeof invoiceRows>[number]['row'];

/** Requests as the administrator, with what every test expects of them. */
export function client(platform: TestPlatform) {
  const call = (method: string, path: string, body?: unknown, headers = {}) =>
    platform.request(method, path, body, { headers });
  return {
    call,
    async post<Answer>(path: string, body: unknown, headers = idempotencyKey()): Promise<Answer> {
      const reply = await call('POST', path, body, headers);
      expect({ status: [200, 201, 202].includes(reply.status), body: reply.body }).toEqual({
        status: true,
        body: reply.body,
      });
      return reply.body;
    },
    async get<Answer>(path: string): Promise<Answer> {
      const reply = await call('GET', path);
      expect({ status: reply.status, body: reply.body }).toEqual({ status: 200, body: reply.body });
      return reply.body;
    },
    async refused(path: string, body: unknown): Promise<[number, string]> {
      const reply = await call('POST', path, body, idempotencyKey());
      return [reply.status, (reply.body as { code: string }).code];
    },
  };
}

/** How many rows had which outcome. */
export async function importInvoices(
  platform: TestPlatform,
  rows: readonly InvoiceRow[],
  more: { readonly dryRun?: boolean; readonly update?: boolean } = {},
): Promise<{ readonly [outcome: string]: number }> {
  const runId = '6f0f3c1e-0b52-5c1e-9a39-6c6ef0c1a0ff';
  const counts: { [outcome: string]: number } = {};
  for (let at = 0; at < rows.length; at += 500) {
    const body = { runId, date: '2026-01-01', ...more, rows: rows.slice(at, at + 500) };
    const answer = await client(platform).post<{ rows: { outcome: string }[] }>(
      '/v1/imports/receivables/invoices',
      body,
      idempotencyKey(),
    );
    for (const { outcome } of answer.rows) counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
