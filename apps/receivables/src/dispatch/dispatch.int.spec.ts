import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { type LedgerCommand, ledgerAggregate, noticeAggregate } from '@kontor/receivables-domain';
import { ProjectionRunner } from '@kontor/projections';
import { type CommandEnvelope, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { DunningRunner } from '../dunning/dunning-runner.ts';
import { defaultPolicy } from '../dunning/policies.ts';
import { releaseNotice } from '../dunning/notice-rendering.ts';
import { noticeOutbox } from '../read-models/notice-outbox/notice-outbox.projection.ts';
import { receivablesUnderTest, type ReceivablesUnderTest } from '../receivables.harness.scenarios.ts';
import { DISPATCH_LEASE_MS } from '../receivables.config.ts';
import { ledgerIdOf } from '../receivables.streams.ts';
import { dispatchNotices } from './dispatch.task.ts';
import { mailServer, type MailServer } from './mail-server.scenarios.ts';
import { type Postage, postage } from './postage.ts';

const TODAY = '2026-03-31';
const NOON = `${TODAY}T12:00:00.000Z`;
const FROM = 'Firm <letters@firm.example>';
const signal = new AbortController().signal;
const numbered = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;

let receivables: ReceivablesUnderTest;
let server: MailServer;
let folder: string;
let accounts = 0;
beforeAll(async () => {
  receivables = await receivablesUnderTest(NOON);
  server = await mailServer();
  folder = await mkdtemp(join(tmpdir(), 'kontor-outbox-'));
});
afterEach(() => {
  server.answers = {};
  receivables.clock.moveTo(NOON);
});
afterAll(async () => {
  await server.close();
  await receivables.drop();
  await rm(folder, { recursive: true, force: true });
});

const files = postage({ smtpUrl: null, from: null }, () => folder);
const mail = () => postage({ smtpUrl: server.url, from: FROM }, () => folder);
const contactOf = (accountId: string) => uuidV5(accountId, 'contact');

/** As if accounts had told of a dunning contact. */
async function addressOf(accountId: string, email: string): Promise<void> {
  await receivables.runtime.pool.query(
    `insert into receivables.letter_contacts (contact_id, account_id, for_dunning, for_billing, name, email, language)
     values ($1, $2, true, false, 'Ada', $3, null)
     on conflict (contact_id) do update set email = excluded.email`,
    [contactOf(accountId), accountId, email],
  );
}
const by = (commandId: string): CommandEnvelope => ({
  commandId,
  requestHash: '',
  actor: 'test',
  origin: 'person',
  correlationId: commandId,
  occurredAt: receivables.clock.now(),
});
async function tell(ledgerId: string, command: LedgerCommand, step: string): Promise<void> {
  const { runner } = receivables.runtime;
  const outcome = await runner.execute(ledgerAggregate, ledgerId, command, by(uuidV5(ledgerId, step)));
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.code);
}

/** A client with one invoice that has been overdue for two weeks, and its notices of a run; the newest is released. */
async function dunned(dispatch: boolean, email: string | null = 'ada@client.example') {
  accounts += 1;
  const currency = ['EUR', 'USD', 'CHF', 'SEK', 'NOK', 'DKK', 'GBP', 'CAD', 'AUD', 'NZD'][accounts] ?? 'JPY';
  const of = { accountId: numbered(accounts), entityId: 'main', currency };
  const ledgerId = ledgerIdOf('main', currency, of.accountId);
  const invoiceDate = addDays(TODAY, -14);
  const instalment = { instalmentId: numbered(100 + accounts), ordinal: 1, dueDate: invoiceDate, amountMinor: 10_000 };
  const invoiceId = numbered(200 + accounts);
  await tell(
    ledgerId,
    {
      ...{ type: 'OpenItems', ...of, businessDate: invoiceDate, invoiceId, invoiceNumber: 'INV-1', invoiceDate },
      ...{ deliveryId: null, externalId: null, instalments: [instalment] },
    },
    'open',
  );
  await receivables.fold();
  if (email !== null) await addressOf(of.accountId, email);
  const runner = new DunningRunner(receivables.runtime);
  const range = { from: invoiceDate, to: addDays(TODAY, -1) };
  const content = defaultPolicy(currency);
  const run = await runner.prepare({ entityId: 'main', currency, ...range, dryRun: false, dispatch, content });
  await runner.run(run, by(run.runId));
  await receivables.fold();
  const { state } = await receivables.runtime.runner.load(ledgerAggregate, ledgerId);
  const notices = state.dunning.notices.map(({ noticeId }) => noticeId);
  return { ...of, ledgerId, notices, newest: notices.at(-1) ?? '' };
}

async function look(how: Postage, runtime: ServiceRuntime = receivables.runtime): Promise<void> {
  await receivables.fold();
  await dispatchNotices(runtime, how, signal);
  await receivables.fold();
}
const dispatchOf = async (noticeId: string) =>
  (await receivables.runtime.runner.load(noticeAggregate, noticeId)).state.dispatch;
const later = (ms: number) => {
  receivables.clock.moveTo(new Date(Date.parse(receivables.clock.now()) + ms).toISOString());
};
const outbox = async (noticeId: string) => {
  const found = await receivables.runtime.pool.query<object>(
    'select status, attempts, reason from receivables.notice_outbox where notice_id = $1',
    [noticeId],
  );
  return found.rows[0];
};

describe('the dispatch of notices', () => {
  it('R-11: drops the newest notice of a case as a file, once, with the text that was kept', async () => {
    const { notices, newest } = await dunned(true, null);
    expect(notices).toHaveLength(2);
    await look(files);
    await look(files);
    expect(await readdir(folder)).toEqual([`${newest}.eml`]);
    const [head = '', body = ''] = (await readFile(join(folder, `${newest}.eml`), 'utf8')).split(/\r\n\r\n(.*)/s);
    expect(head.split('\r\n').sort()).toEqual([
      'Auto-Submitted: auto-generated',
      'Content-Transfer-Encoding: quoted-printable',
      'Content-Type: text/plain; charset=utf-8',
      'Date: Tue, 31 Mar 2026 12:00:00 +0000',
      'From: Kontor <nobody@kontor.invalid>',
      'MIME-Version: 1.0',
      `Message-ID: <${newest}@kontor>`,
      'Subject: Second reminder (level 2), account ',
      `X-Kontor-Notice: ${newest}`,
    ]);
    const { state } = await receivables.runtime.runner.load(noticeAggregate, newest);
    expect(body.replaceAll('=20', ' ').replaceAll('=\r\n', '').replaceAll('\r\n', '\n').trimEnd()).toBe(
      state.rendered?.content?.trimEnd(),
    );
    expect(state.dispatch).toMatchObject({
      ...{ status: 'dispatched', channel: 'print', attempt: 1, proof: `${newest}.eml`, dispatchedOn: TODAY },
    });
    expect(await outbox(newest)).toEqual({ status: 'dispatched', attempts: 1, reason: null });
  });

  it('R-11: sends nothing that was not released: a run without dispatch keeps its notices', async () => {
    const { notices } = await dunned(false);
    await look(mail());
    expect(server.messages).toEqual([]);
    for (const noticeId of notices) expect(await dispatchOf(noticeId)).toBeNull();
  });

  it('R-11 A-02: mails a notice once, also when two look at once and the outbox is built anew', async () => {
    const { newest, accountId } = await dunned(true);
    const already = server.messages.length;
    await Promise.all([look(mail()), look(mail())]);
    await look(mail());
    const { pool, feed, vault } = receivables.runtime;
    const rebuilding = new ProjectionRunner(pool, feed, noticeOutbox, { vault });
    await rebuilding.rebuild();
    await rebuilding.catchUp();
    await look(mail());
    const message = server.messages.slice(already).join('-----');
    expect([server.messages.length - already, server.recipients.at(-1)]).toEqual([1, 'RCPT TO:<ada@client.example>']);
    for (const line of [`Message-ID: <${newest}@kontor>`, 'To: Ada <ada@client.example>', `From: ${FROM}`])
      expect(message).toContain(line);
    expect(await dispatchOf(newest)).toMatchObject({
      ...{ status: 'dispatched', channel: 'e-mail', attempt: 1, contactId: contactOf(accountId) },
    });
    expect((await dispatchOf(newest))?.proof).toMatch(/^250 2\.0\.0 queued/);
  });

  it('R-11: tries again after a pause while the server is not ready, and records the reason', async () => {
    const { newest } = await dunned(true);
    const already = server.messages.length;
    server.answers = { 'MAIL FROM': '451 4.3.2 come back later' };
    await look(mail());
    expect(await dispatchOf(newest)).toMatchObject({ status: 'waiting', dueAt: `${TODAY}T12:01:00.000Z` });
    expect(await outbox(newest)).toMatchObject({ status: 'waiting', attempts: 1 });
    server.answers = {};
    later(59_000);
    await look(mail());
    expect(server.messages.length).toBe(already);
    later(1_000);
    await look(mail());
    expect(server.messages.length).toBe(already + 1);
    expect(await dispatchOf(newest)).toMatchObject({ status: 'dispatched', attempt: 2, reason: null });
  });

  it('R-11: gives up at once on an address that is refused, and keeps it out of the reason', async () => {
    const { newest, accountId } = await dunned(true, 'gone@client.example');
    server.answers = { 'RCPT TO': '550 5.1.1 gone@client.example is unknown here' };
    await look(mail());
    const dispatch = await dispatchOf(newest);
    expect([dispatch?.status, dispatch?.reason?.includes('gone@'), dispatch?.reason?.includes('550 5.1.1')]).toEqual([
      'failed',
      false,
      true,
    ]);
    server.answers = {};
    later(86_400_000);
    await look(mail());
    expect((await dispatchOf(newest))?.status).toBe('failed');
    // Released again, when the contact has another address, it goes.
    await addressOf(accountId, 'new@client.example');
    await releaseNotice(receivables.runtime, newest, 'main', by);
    await look(mail());
    expect([await dispatchOf(newest), server.recipients.at(-1)]).toMatchObject([
      { status: 'dispatched', attempt: 2 },
      'RCPT TO:<new@client.example>',
    ]);
  });

  it('R-11: killed between the letter and its record, it is sent once more under the same id, and no more', async () => {
    const { newest } = await dunned(true);
    const already = server.messages.length;
    const { runner } = receivables.runtime;
    const dying = {
      load: runner.load.bind(runner),
      execute: (...[aggregate, id, command, envelope]: Parameters<typeof runner.execute>) =>
        (command as { type: string }).type === 'ConfirmDispatch'
          ? Promise.reject(new Error('killed'))
          : runner.execute(aggregate, id, command, envelope),
    };
    const killed = Object.assign(Object.create(receivables.runtime) as ServiceRuntime, { runner: dying });
    const stopping = new AbortController();
    const lastLetter: Postage['send'] = async (channel, letter) => {
      const sent = await mail().send(channel, letter);
      stopping.abort();
      return sent;
    };
    await dispatchNotices(killed, { ...mail(), send: lastLetter }, stopping.signal);
    expect([server.messages.length - already, (await dispatchOf(newest))?.status]).toEqual([1, 'sending']);
    later(DISPATCH_LEASE_MS - 1);
    await look(mail());
    expect(server.messages.length - already).toBe(1);
    later(1);
    await look(mail());
    later(86_400_000);
    await look(mail());
    const ids = server.messages.slice(already).map((message) => /^Message-ID: (.*)$/m.exec(message)?.[1]);
    expect(ids).toEqual([`<${newest}@kontor>`, `<${newest}@kontor>`]);
    expect(await dispatchOf(newest)).toMatchObject({ status: 'dispatched', attempt: 2 });
  });

  it('R-11: a client who has paid meanwhile gets no letter', async () => {
    const { newest, ledgerId, accountId, entityId, currency } = await dunned(true);
    const already = server.messages.length;
    await tell(
      ledgerId,
      {
        ...{ type: 'ReceivePayment', accountId, entityId, currency, businessDate: TODAY, paymentId: numbered(900) },
        ...{ amountMinor: 20_000, reference: null, invoiceNumbers: ['INV-1'], today: TODAY },
      },
      'pay',
    );
    await look(mail());
    expect(server.messages.length).toBe(already);
    expect(await dispatchOf(newest)).toMatchObject({ status: 'withdrawn', reason: 'the case is closed' });
  });

  it('R-11: a letter that lay for a week is out of date', async () => {
    const { newest } = await dunned(true);
    later(8 * 86_400_000);
    await look(files);
    expect(await dispatchOf(newest)).toMatchObject({
      status: 'withdrawn',
      reason: `it was released on ${TODAY} and not sent within 7 days`,
    });
  });
});
