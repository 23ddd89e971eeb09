import type { BusinessDate } from '@kontor/kernel';
import {
  decideDunningDate,
  type DecidedNoticeSummary,
  derivedId,
  type DunningPolicy,
  ledgerAggregate,
  type LedgerCommand,
  type LedgerEvent,
  type LedgerState,
  type NoticeRecord,
} from '@kontor/receivables-domain';
import { decide, fold } from '@kontor/kernel';
import { type CommandEnvelope, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { CONCURRENT_LOADS } from '../receivables.config.ts';
import { type DirectoryLedger, ledgersToDun } from '../read-models/ledger-directory/ledger-directory.query.ts';
import { inParallel } from './in-parallel.ts';

/** A ledger in the memory of a run, with the revision it was folded to. */
export interface RunLedger extends DirectoryLedger {
  state: LedgerState;
  revision: bigint;
}

/** The version that is asked for, and all that open cases may be pinned to. */
export interface RunPolicies {
  readonly policy: DunningPolicy;
  readonly casePolicies: readonly DunningPolicy[];
}

type Envelope = (commandId: string) => CommandEnvelope;

export async function loadLedgers(
  runtime: ServiceRuntime,
  entityId: string,
  currency: string,
): Promise<readonly RunLedger[]> {
  const directory = await ledgersToDun(runtime.pool, entityId, currency);
  return inParallel(directory, CONCURRENT_LOADS, async (ledger) => ({
    ...ledger,
    ...(await runtime.runner.load(ledgerAggregate, ledger.ledgerId)),
  }));
}

function dunningCommand(
  ledger: RunLedger,
  policies: RunPolicies,
  date: BusinessDate,
  revision: bigint,
): Extract<LedgerCommand, { type: 'DecideDunning' }> | null {
  const { identity } = ledger.state;
  if (identity === null) return null;
  return {
    type: 'DecideDunning',
    ...identity,
    businessDate: date,
    ...policies,
    noticeId: derivedId(ledger.ledgerId, `notice|${date}`),
    caseId: derivedId(ledger.ledgerId, `case|${date}`),
    ledgerRevision: Number(revision),
  };
}

/**
 * Decides one date for one ledger. The rule is asked in memory first; only where something happens is a command sent, and
 * decided again on the ledger as it is then. The command's id follows from ledger and date: killed after the append and
 * called again, the run finds what it did.
 */
export async function decideDate(
  runtime: ServiceRuntime,
  ledger: RunLedger,
  policies: RunPolicies,
  date: BusinessDate,
  envelope: Envelope,
): Promise<void> {
  if (decideDunningDate(ledger.state, policies.policy, date, policies.casePolicies) === null) return;
  const first = dunningCommand(ledger, policies, date, ledger.revision);
  if (first === null) return;
  const outcome = await runtime.runner.execute(
    ledgerAggregate,
    ledger.ledgerId,
    (_state, revision) => ({ ...first, ledgerRevision: Number(revision) }),
    envelope(uuidV5(ledger.ledgerId, `decide-dunning|${date}`)),
  );
  if (outcome.kind === 'refused') throw new Error(`dunning of ${ledger.ledgerId} refused: ${outcome.refusal.code}`);
  await followUp(runtime, ledger, outcome.events as readonly LedgerEvent[], outcome.receipt.revision);
}

/** The ledger after a command: folded here when nobody else wrote, else read. */
async function followUp(
  runtime: ServiceRuntime,
  ledger: RunLedger,
  events: readonly LedgerEvent[],
  revision: bigint,
): Promise<void> {
  if (events.length > 0 && revision === ledger.revision + BigInt(events.length)) {
    ledger.state = fold(ledgerAggregate.decider, events, ledger.state);
    ledger.revision = revision;
  } else Object.assign(ledger, await runtime.runner.load(ledgerAggregate, ledger.ledgerId));
}

/** The same in memory alone: what a trial does. */
export function tryDate(ledger: RunLedger, policy: DunningPolicy, date: BusinessDate): void {
  if (decideDunningDate(ledger.state, policy, date) === null) return;
  const command = dunningCommand(ledger, { policy, casePolicies: [] }, date, ledger.revision);
  if (command === null) return;
  const decision = decide(ledgerAggregate.decider, command, ledger.state);
  if (decision.kind === 'accepted') ledger.state = fold(ledgerAggregate.decider, decision.events, ledger.state);
}

/** after the dates, restriction and release follow the last state, as of today. */
export async function alignRestriction(
  runtime: ServiceRuntime,
  ledger: RunLedger,
  policies: RunPolicies,
  today: BusinessDate,
  envelope: Envelope,
): Promise<void> {
  const { identity } = ledger.state;
  if (identity === null) return;
  const command: LedgerCommand = { type: 'AlignRestriction', ...identity, businessDate: today, ...policies };
  const decision = decide(ledgerAggregate.decider, command, ledger.state);
  if (decision.kind !== 'accepted' || decision.events.length === 0) return;
  const outcome = await runtime.runner.execute(
    ledgerAggregate,
    ledger.ledgerId,
    command,
    envelope(uuidV5(ledger.ledgerId, `align-restriction|${ledger.revision}`)),
  );
  if (outcome.kind === 'refused') throw new Error(`restriction of ${ledger.ledgerId}: ${outcome.refusal.code}`);
}

/** The notice that a ledger has on a date, whichever call of the run issued it. */
export function noticeOn(ledger: RunLedger, date: BusinessDate): NoticeRecord | undefined {
  const { notices, decidedThrough } = ledger.state.dunning;
  if (decidedThrough === null || decidedThrough < date) return undefined;
  return notices.findLast((notice) => notice.date === date);
}

export function summaryOf(ledger: RunLedger, notice: NoticeRecord): DecidedNoticeSummary {
  return {
    noticeId: notice.noticeId,
    accountId: ledger.accountId,
    level: notice.level,
    items: notice.items.length,
    feeMinor: notice.feeMinor,
  };
}
