import type { BusinessDate } from '@kontor/kernel';
import type { DecidedNoticeSummary, RunBegunData, RunFinishedData } from './dunning-calendar.events.ts';

export type DunningCalendarCommand =
  | ({ readonly type: 'BeginRun' } & RunBegunData)
  | {
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
  | ({ readonly type: 'FinishRun' } & RunFinishedData);
