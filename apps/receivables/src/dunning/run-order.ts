import type { BusinessDate } from '@kontor/kernel';
import { type DunningPolicy, type PolicyContent, policyFingerprint } from '@kontor/receivables-domain';
import { uuidV5 } from '@kontor/service';
import { calendarIdOf } from '../receivables.streams.ts';
import type { RunTotals } from './run-totals.ts';

export interface RunOrder {
  readonly entityId: string;
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly dryRun: boolean;
  readonly dispatch: boolean;
  /** Null: the newest version of the currency's policy. */
  readonly content: PolicyContent | null;
  readonly currency: string;
}

/** An order that may be carried out: its policy is known, and nothing of its range belongs to another one. */
export interface PreparedRun extends RunOrder {
  readonly runId: string;
  readonly content: PolicyContent;
  /** As it is stored, or as it would be. */
  readonly policy: DunningPolicy;
}

export interface RunResult extends RunTotals {
  readonly runId: string;
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly decidedDates: number;
  readonly alreadyDecided: number;
}

export interface RunProgress {
  decided: number;
}

/** What is asked for makes the id: the same request is the same run, however often and by whomever it is sent. Durable. */
export function runIdOf(order: RunOrder, content: PolicyContent): string {
  const { entityId, currency, from, to, dispatch, dryRun } = order;
  const how = `${dispatch ? 'dispatch' : 'keep'}|${dryRun ? 'trial' : 'run'}`;
  return uuidV5(calendarIdOf(entityId, currency), `run|${from}|${to}|${how}|${policyFingerprint(content)}`);
}
