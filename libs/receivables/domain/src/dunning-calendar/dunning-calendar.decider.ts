import { accept, type BusinessDate, type Decider, monthOf, refuse } from '@kontor/kernel';

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

export type DunningCalendarEvent = { readonly type: 'DunningDateDecided'; readonly data: DateDecidedData };

export interface RecordDecidedDates {
  readonly type: 'RecordDecidedDates';
  readonly entityId: string;
  readonly currency: string;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly dates: readonly {
    readonly date: BusinessDate;
    readonly notices: readonly DecidedNoticeSummary[];
  }[];
}

type Month = { readonly [date: BusinessDate]: DateDecidedData };

/** Dates lie by month, so that folding ten years copies small objects only. */
export interface DunningCalendarState {
  readonly months: { readonly [month: string]: Month };
  readonly last: BusinessDate | null;
}

/** Which dates are decided, with which policy version and result: one stream per legal entity and currency. */
export const dunningCalendarDecider: Decider<DunningCalendarState, RecordDecidedDates, DunningCalendarEvent> = {
  initial: { months: {}, last: null },
  evolve: {
    DunningDateDecided: (state, data) => {
      const month = monthOf(data.date);
      return {
        months: { ...state.months, [month]: { ...state.months[month], [data.date]: data } },
        last: state.last === null || data.date > state.last ? data.date : state.last,
      };
    },
  },
  decide: {
    RecordDecidedDates: (command, state) => {
      const { entityId, currency, policyId, policyVersion } = command;
      const other = command.dates.flatMap(({ date }) => {
        const decided = decidedDate(state, date);
        return decided !== undefined && decided.policyVersion !== policyVersion ? [date] : [];
      });
      if (other.length > 0)
        return refuse('DatesAlreadyDecided', 'Dates of the range were decided with another policy version.', {
          dates: other.slice(0, 10),
          policyVersion,
        });
      return accept(
        ...command.dates
          .filter(({ date }) => decidedDate(state, date) === undefined)
          .map(({ date, notices }): DunningCalendarEvent => ({
            type: 'DunningDateDecided',
            data: { entityId, currency, date, policyId, policyVersion, notices, businessDate: date },
          })),
      );
    },
  },
};

export function decidedDate(state: DunningCalendarState, date: BusinessDate): DateDecidedData | undefined {
  return state.months[monthOf(date)]?.[date];
}
