/** What the service can be told from outside. The only reader of the environment here. */
export interface ReceivablesConfig {
  /** What holds for an account that nobody set a credit limit for. */
  readonly withoutLimit: 'unlimited' | 'zero';
  /** Whether the service runs its dunning by itself, every day for the day before. */
  readonly dunningSchedule: boolean;
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
/** Finished runs whose answer is still shown. */
export const MAX_REMEMBERED_RUNS = 200;

export const config: ReceivablesConfig = {
  withoutLimit: process.env.KONTOR_CREDIT_WITHOUT_LIMIT === 'zero' ? 'zero' : 'unlimited',
  dunningSchedule: process.env.KONTOR_DUNNING_SCHEDULE !== 'off',
};
