import { decide } from '@kontor/kernel';
import {
  dunningPolicyAggregate,
  ledgerAggregate,
  type LedgerEvent,
  type NoticeItem,
  type NoticeRecord,
  policyOf,
} from '@kontor/receivables-domain';
import type { ServiceRuntime } from '@kontor/service';

/** What a notice says, however it was come by. */
interface NoticeFigures {
  readonly date: string;
  readonly level: number;
  readonly netMinor: number;
  readonly feeMinor: number;
  readonly interestMinor: number;
  readonly items: readonly NoticeItem[];
}

export interface DecidedAgain {
  readonly noticeId: string;
  readonly ledgerId: string;
  readonly ledgerRevision: number;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly same: boolean;
  readonly recorded: NoticeFigures;
  /** Null: decided again, there would be no notice. */
  readonly decided: NoticeFigures | null;
}

export async function decideAgain(
  runtime: ServiceRuntime,
  ledgerId: string,
  record: NoticeRecord,
): Promise<DecidedAgain> {
  const { noticeId, caseId, ledgerRevision, policyId, policyVersion } = record;
  const state = await runtime.runner.loadAt(ledgerAggregate, ledgerId, BigInt(ledgerRevision));
  const policies = await runtime.runner.load(dunningPolicyAggregate, policyId);
  const policy = policies.state.versions[policyVersion - 1];
  const recorded = figuresOf(record);
  const about = { noticeId, ledgerId, ledgerRevision, policyId, policyVersion, recorded };
  if (state.identity === null || policy === undefined) return { ...about, same: false, decided: null };
  const decision = decide(
    ledgerAggregate.decider,
    {
      type: 'DecideDunning',
      ...state.identity,
      businessDate: record.date,
      policy: policyOf(policy),
      noticeId,
      caseId,
      ledgerRevision,
    },
    state,
  );
  const events: readonly LedgerEvent[] = decision.kind === 'accepted' ? decision.events : [];
  const issued = events.find((event) => event.type === 'DunningNoticeIssued');
  const decided = issued === undefined ? null : figuresOf({ ...issued.data, date: issued.data.businessDate });
  return { ...about, same: JSON.stringify(decided) === JSON.stringify(recorded), decided };
}

function figuresOf(notice: NoticeFigures): NoticeFigures {
  const { date, level, netMinor, feeMinor, interestMinor } = notice;
  return {
    date,
    level,
    netMinor,
    feeMinor,
    interestMinor,
    items: notice.items.map(({ instalmentId, invoiceNumber, dueDate, netMinor: net, levelBefore, levelAfter }) => ({
      instalmentId,
      invoiceNumber,
      dueDate,
      netMinor: net,
      levelBefore,
      levelAfter,
    })),
  };
}
