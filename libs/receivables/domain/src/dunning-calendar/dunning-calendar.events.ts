import type { BusinessDate } from '@kontor/kernel';

export interface DecidedNoticeSummary {
  readonly noticeId: string;
  readonly accountId: string;
  readonly level: number;
  readonly items: number;
  readonly feeMinor: number;
}

export interface DateDecidedData {
  readonly entityId: string;
  readonly currency: string;
  readonly date: BusinessDate;
  readonly policyId: string;
  readonly policyVersion: number;
  /** In ascending account number. */
  readonly notices: readonly DecidedNoticeSummary[];
  readonly businessDate: BusinessDate;
}

export interface RunBegunData {
  readonly runId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly dispatch: boolean;
}

export interface RunFinishedData {
  readonly runId: string;
  /** Dates of the range that were decided before the call that finished it. */
  readonly alreadyDecided: number;
}

export type DunningCalendarEvent =
  /** Before the first date: from here on the dates of the range belong to this policy version. */
  | { readonly type: 'DunningRunBegun'; readonly data: RunBegunData }
  | { readonly type: 'DunningDateDecided'; readonly data: DateDecidedData }
  | { readonly type: 'DunningRunFinished'; readonly data: RunFinishedData };
