import { resolve } from 'node:path';
import { type ExposureSwitches, WORKLIST_WEIGHTS, weightsOf, type WorklistWeights } from '@kontor/receivables-domain';

/** What the service can be told from outside. The only reader of the environment here. */
export interface ReceivablesConfig {
  /** What holds for an account that nobody set a credit limit for. */
  readonly withoutLimit: 'unlimited' | 'zero';
  /** Which parts make the exposure. */
  readonly exposure: ExposureSwitches;
  /** Whether the service runs its dunning by itself, every day for the day before. */
  readonly dunningSchedule: boolean;
  /** Hour of the entity's day from which on its date counts as ended (1 to 24: at midnight). */
  readonly dunningCutOffHour: number;
  readonly mail: MailConfig;
  /** What the priority in a collector's worklist is made of. */
  readonly worklist: WorklistWeights;
}

/** How letters leave. */
export interface MailConfig {
  /** Null: no mail; every letter is dropped as a file. */
  readonly smtpUrl: string | null;
  readonly from: string | null;
  /** One sentence each. The service does not start with one. */
  readonly mistakes: readonly string[];
}

/** How often the schedule looks whether a date has ended that is not yet decided (ms). */
export const SCHEDULE_EVERY_MS = 60_000;
/** Dates in one request: twenty years. */
export const MAX_RUN_DATES = 7_306;
/** Dates recorded as decided in one append. */
export const DATES_PER_APPEND = 31;
/** How far ahead money may be dated (days): a leap year. */
export const MAX_DAYS_AHEAD = 366;
/** Rows in one call of the bulk import. */
export const MAX_IMPORT_ROWS = 500;
/** Accounts imported at once: their appends share micro-batches. */
export const CONCURRENT_IMPORTS = 32;
/** Ledgers loaded and notices rendered at once. */
export const CONCURRENT_LOADS = 16;
/** How long a run waits for the ledger directory to have seen every ledger (ms). */
export const DIRECTORY_WAIT_MS = 120_000;
/** Lines of an invoice that is written by hand. */
export const MAX_INVOICE_LINES = 500;
/** How often the outbox is looked through for what is due (ms). */
export const DISPATCH_EVERY_MS = 2_000;
/** Letters of one look, and those on their way at once. */
export const DISPATCH_BATCH = 200;
export const CONCURRENT_LETTERS = 4;
/** How long a mail server may take to answer each step (ms). */
export const SMTP_STEP_MS = 20_000;
/** How long whoever began to send has for it; then another attempt may begin (ms). */
export const DISPATCH_LEASE_MS = 120_000;
/** A letter that was released longer ago is out of date (days). */
export const DISPATCH_WITHIN_DAYS = 7;
/** Ledgers in one answer of the worklist. */
export const MAX_WORKLIST = 500;
/** Finished runs whose answer is still shown. */
export const MAX_REMEMBERED_RUNS = 200;

const MIDNIGHT = 24;

export const config: ReceivablesConfig = {
  withoutLimit: process.env.KONTOR_CREDIT_WITHOUT_LIMIT === 'zero' ? 'zero' : 'unlimited',
  exposure: exposureOfParts(told(process.env.KONTOR_CREDIT_EXPOSURE)),
  dunningSchedule: process.env.KONTOR_DUNNING_SCHEDULE !== 'off',
  dunningCutOffHour: Number(told(process.env.KONTOR_DUNNING_CUT_OFF_HOUR) ?? MIDNIGHT),
  mail: mailConfig(process.env),
  worklist: weightsOf(told(process.env.KONTOR_WORKLIST_WEIGHTS) ?? '') ?? WORKLIST_WEIGHTS,
};

let folderOfOutbox = 'outbox';

/** Whoever keeps a data folder says where letters are dropped, unless KONTOR_OUTBOX does. */
export function keepOutboxIn(folder: string): void {
  folderOfOutbox = folder;
}

/** Where letters are dropped as files. */
export function outboxFolder(): string {
  return resolve(told(process.env.KONTOR_OUTBOX) ?? folderOfOutbox);
}

export function mailConfig(environment: { readonly [name: string]: string | undefined }): MailConfig {
  const smtpUrl = told(environment.KONTOR_SMTP_URL);
  const from = told(environment.KONTOR_MAIL_FROM);
  const mistakes: string[] = [];
  // It may hold a password: it is not shown.
  if (smtpUrl !== null && !isMailServer(smtpUrl))
    mistakes.push('KONTOR_SMTP_URL names no mail server; it is an address such as smtp://user:password@host:587.');
  if (from !== null && !/^([^<>\r\n@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(from))
    mistakes.push(`KONTOR_MAIL_FROM is "${from}"; it is a sender such as Firm <letters@firm.example>.`);
  if (smtpUrl !== null && from === null)
    mistakes.push(
      'KONTOR_SMTP_URL is set and KONTOR_MAIL_FROM is not; mail needs a sender such as letters@firm.example.',
    );
  return { smtpUrl, from, mistakes };
}

/** All parts where nothing is told. Names that are none are found before the service starts. */
export function exposureOfParts(text: string | null): ExposureSwitches {
  const named = new Set(text?.split(',').map((part) => part.trim()));
  const counts = (part: string) => text === null || named.has(part);
  return {
    principal: counts('principal'),
    charges: counts('charges'),
    reservations: counts('reservations'),
    unbilledDeliveries: counts('unbilled-deliveries'),
    unallocatedCredit: counts('unallocated-credit'),
  };
}

function isMailServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'smtp:' || protocol === 'smtps:') && hostname !== '';
}

/** An empty value counts as none. */
function told(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' ? null : text;
}
