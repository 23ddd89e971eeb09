import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';
import { client } from '../receivables.scenarios.ts';
import { mailServer, type MailServer } from './mail-server.scenarios.ts';

interface Receipt {
  readonly id: string;
}
interface Notice {
  readonly id: string;
  readonly contactId: string;
  readonly dispatch: { readonly status: string; readonly channel: string; readonly proof: string } | null;
}

const PATIENCE_MS = 120_000;
const SCHEDULE_OFF = { KONTOR_DUNNING_SCHEDULE: 'off' };
let platform: TestPlatform;
let server: MailServer;
let http: ReturnType<typeof client>;
let today: string;
beforeAll(async () => {
  server = await mailServer();
  platform = await startPlatform({ env: SCHEDULE_OFF });
  http = client(platform);
  today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' }).format(new Date());
}, PATIENCE_MS);
afterAll(async () => {
  await platform.dispose();
  await server.close();
});

/** A client with a dunning contact and an invoice that has been overdue for ten days. */
async function debtor(name: string, currency: string): Promise<string> {
  const { id: accountId } = await http.post<Receipt>('/v1/accounts', { name });
  const email = `${name.toLowerCase().replace(' ', '.')}@client.example`;
  await http.post(`/v1/accounts/${accountId}/contacts`, { name: 'Ada Client', email, roles: ['dunning'] });
  const invoice = await http.post<Receipt>('/v1/invoices', {
    ...{ accountId, currency, invoiceDate: addDays(today, -11) },
    lines: [{ description: 'Pump', amountMinor: 10_000 }],
    terms: { base: 'invoice-date', parts: [{ days: 0, portion: 1 }] },
  });
  await eventually('the invoice is owed', async () => {
    const { items } = await http.get<{ items: { id: string; nextDueDate: string | null }[] }>('/v1/invoices');
    return items.some(({ id, nextDueDate }) => id === invoice.id && nextDueDate !== null);
  });
  return accountId;
}

async function dun(currency: string, dispatch: boolean): Promise<{ notices: number }> {
  const fee = { amountMinor: 0, currency };
  return http.post('/v1/dunning/runs', {
    ...{ from: addDays(today, -11), to: addDays(today, -1), dispatch },
    policy: {
      currency,
      daysBetweenNotices: 7,
      levels: [
        { daysAfterDue: 1, fee },
        { daysAfterDue: 8, fee },
      ],
    },
  });
}

async function noticesOf(accountId: string): Promise<readonly Notice[]> {
  const { items } = await http.get<{ items: { id: string }[] }>(`/v1/dunning/notices?accountId=${accountId}`);
  return Promise.all(items.map(({ id }) => http.get<Notice>(`/v1/dunning/notices/${id}`)));
}

const sentOf = (accountId: string) =>
  eventually('the newest notice has left', async () => {
    const notices = await noticesOf(accountId);
    return notices.at(-1)?.dispatch?.status === 'dispatched' && notices;
  });

describe('letters on their way', () => {
  it(
    'R-11: without a mail server the newest notice lies in the outbox, once; the others are kept',
    async () => {
      const accountId = await debtor('Nord Wind', 'EUR');
      expect((await dun('EUR', true)).notices).toBe(2);
      const [first, newest] = await sentOf(accountId);
      const file = join(platform.folder, 'outbox', `${newest?.id}.eml`);
      expect([first?.dispatch, newest?.dispatch]).toMatchObject([
        null,
        { channel: 'print', proof: `${newest?.id}.eml` },
      ]);
      const letter = readFileSync(file, 'utf8');
      expect(letter).toContain('To: Ada Client <nord.wind@client.example>');
      expect(letter).toContain(`Message-ID: <${newest?.id}@kontor>`);
      // The same request again, and nothing else leaves.
      await dun('EUR', true);
      expect(readdirSync(join(platform.folder, 'outbox'))).toEqual([`${newest?.id}.eml`]);
    },
    PATIENCE_MS,
  );

  it(
    'R-11: with one it goes by mail, to the contact of the moment, and never to a file',
    async () => {
      await platform.stop();
      platform = await startPlatform({
        again: platform,
        env: { ...SCHEDULE_OFF, KONTOR_SMTP_URL: server.url, KONTOR_MAIL_FROM: 'Firm <letters@firm.example>' },
      });
      http = client(platform);
      const silent = await debtor('Sued Strom', 'CHF');
      expect((await dun('CHF', false)).notices).toBe(2);
      const accountId = await debtor('West Wind', 'SEK');
      await dun('SEK', true);
      const newest = (await sentOf(accountId)).at(-1);
      expect(newest?.dispatch).toMatchObject({ status: 'dispatched', channel: 'e-mail' });
      expect(server.recipients).toEqual(['RCPT TO:<west.wind@client.example>']);
      expect(server.messages[0]).toContain(`Message-ID: <${newest?.id}@kontor>`);
      expect(existsSync(join(platform.folder, 'outbox', `${newest?.id}.eml`))).toBe(false);
      // What was not released is not sent; what has left before the restart is not sent again.
      expect((await noticesOf(silent)).map(({ dispatch }) => dispatch)).toEqual([null, null]);
      expect(readdirSync(join(platform.folder, 'outbox'))).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  it('R-11: the history tells that it has left, and not to which address', async () => {
    const history = await platform.request('GET', '/v1/history/receivables?after=0');
    const text = history.body as string;
    expect(text.match(/kontor\.receivables\.notice-dispatched\.v1/g)).toHaveLength(2);
    expect(text).not.toContain('client.example');
  });
});
