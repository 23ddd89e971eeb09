import { type BusinessDate, moneyText } from '@kontor/kernel';
import type { NoticeItem } from '../ledger/ledger.events.ts';

export interface NoticeTextFacts {
  readonly firmName: string;
  readonly accountNumber: string;
  readonly accountName: string | null;
  readonly contactName: string | null;
  readonly date: BusinessDate;
  readonly level: number;
  readonly currency: string;
  readonly items: readonly NoticeItem[];
  readonly netMinor: number;
  readonly feeMinor: number;
  readonly interestMinor: number;
}

export const NOTICE_TEMPLATE = 'notice-en.v1';
export const NOTICE_MEDIA_TYPE = 'text/plain; charset=utf-8';

const TITLES = ['Payment reminder', 'Second reminder', 'Final notice'] as const;

export function noticeTitle(level: number): string {
  const title = TITLES[Math.min(level, TITLES.length) - 1] ?? TITLES[0];
  return `${title} (level ${level})`;
}

/** The letter, as text. Its words are part of the template version: a change here is a new version. */
export function noticeText(facts: NoticeTextFacts): string {
  const amount = (amountMinor: number) => moneyText({ amountMinor, currency: facts.currency });
  const total = facts.netMinor + facts.feeMinor + facts.interestMinor;
  const addressee = [facts.accountName, facts.contactName].filter((line) => line !== null);
  const row = (invoice: string, due: string, sum: string) =>
    `${invoice.padEnd(20)} ${due.padEnd(12)} ${sum.padStart(16)}`;
  return [
    facts.firmName,
    '',
    ...addressee,
    `Account ${facts.accountNumber}`,
    '',
    facts.date,
    noticeTitle(facts.level),
    '',
    'The following invoices are open and past their due date:',
    '',
    row('Invoice', 'Due', facts.currency),
    ...facts.items.map((item) => row(item.invoiceNumber, item.dueDate, amount(item.netMinor))),
    row('Open', '', amount(facts.netMinor)),
    ...(facts.feeMinor > 0 ? [row('Fee of this notice', '', amount(facts.feeMinor))] : []),
    ...(facts.interestMinor > 0 ? [row('Interest', '', amount(facts.interestMinor))] : []),
    row('Total', '', amount(total)),
    '',
    'Please pay the total, naming the invoices. If you have paid already, take this notice as settled.',
    '',
  ].join('\n');
}
