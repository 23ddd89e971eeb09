import { type BusinessDate, daysBetween } from '@kontor/kernel';
import type { DatedRate } from './interest.ts';
import type { NoticeItem, Restriction } from './ledger.events.ts';
import {
  disputedOn,
  type DunningCase,
  type LedgerItem,
  type LedgerPromise,
  type LedgerState,
  type NoticeRecord,
  openOn,
} from './ledger.state.ts';
import { brokenOn, isPromised } from './promise-rule.ts';

export interface DunningLevel {
  readonly level: number;
  readonly daysAfterDue: number;
  readonly feeMinor: number;
  readonly restriction: Restriction | null;
}

/** A version of a policy as a run uses it. `levels` ascend from 1 without a gap. */
export interface DunningPolicy {
  readonly policyId: string;
  readonly version: number;
  readonly currency: string;
  readonly daysBetweenNotices: number;
  readonly minimumBalanceMinor: number;
  /** Items of this net amount or less are left alone. */
  readonly toleranceMinor: number;
  readonly levels: readonly DunningLevel[];
  /** Empty: the policy posts no interest. */
  readonly interestRates: readonly DatedRate[];
}

export interface DecidedNotice {
  readonly level: number;
  readonly feeMinor: number;
  readonly netMinor: number;
  /** Every eligible item, oldest due first; those that rose have another level after than before. */
  readonly items: readonly NoticeItem[];
}

export interface DunningVerdict {
  readonly brokenPromises: readonly LedgerPromise[];
  readonly notice: DecidedNotice | null;
  /** The version it was decided with: the one pinned in the case while that is open, else the one that was asked for. */
  readonly policy: DunningPolicy;
  /** The case that ends on the date: none of its items is open and overdue any more. */
  readonly closes: DunningCase | null;
  /** The case that a notice belongs to; null: it opens one. */
  readonly goesOn: DunningCase | null;
  /** The closed case that goes on, because something of it is open and overdue again: a payment was returned. */
  readonly reopens: DunningCase | null;
}

/**
 * What happens to one ledger on one business date, step by step. A pure function of the ledger as it is known,
 * the policy version and the date; it uses facts with business date ≤ `date` alone. Null: nothing happens,
 * and nothing is remembered. `casePolicies`: the versions that cases may have been opened with; a trial names none, and all
 * is decided with the one it tries.
 */
export function decideDunningDate(
  ledger: LedgerState,
  asked: DunningPolicy,
  date: BusinessDate,
  casePolicies: readonly DunningPolicy[] = [],
): DunningVerdict | null {
  const { decidedThrough, openCase } = ledger.dunning;
  if (decidedThrough !== null && date <= decidedThrough) return null;
  const overdue: { item: LedgerItem; openMinor: number }[] = [];
  const listedIn = new Set<string>();
  for (const item of ledger.items.values()) {
    if (item.dueDate >= date) continue;
    const openMinor = openOn(item, date);
    if (openMinor <= 0) continue;
    if (item.caseId !== null) listedIn.add(item.caseId);
    overdue.push({ item, openMinor });
  }
  const known = caseOn(ledger, date);
  const reopens = known === null ? lastCaseOf(ledger, listedIn) : null;
  const goesOn = listedIn.size > 0 ? (known ?? reopens) : null;
  const policy = policyOfCase(goesOn, asked, casePolicies);
  const eligible: EligibleItem[] = [];
  for (const { item, openMinor } of overdue) {
    const netMinor = openMinor - disputedOn(item, date);
    if (netMinor <= policy.toleranceMinor || netMinor <= 0) continue;
    if (isPaused(ledger, item, date) || isPromised(ledger, item, date)) continue;
    eligible.push({ item, netMinor, rises: canRise(item, policy, date) });
  }
  const notice = decideNotice(ledger, policy, date, eligible);
  const closes = goesOn === null ? openCase : null;
  const brokenPromises = brokenOn(ledger, date);
  if (notice === null && closes === null && reopens === null && brokenPromises.length === 0) return null;
  return { brokenPromises, notice, policy, closes, goesOn, reopens };
}

/**
 * The case that is open on a date. One that a payment closed at once is still open on the days before: an outage may have
 * left them undecided.
 */
function caseOn(ledger: LedgerState, date: BusinessDate): DunningCase | null {
  const { openCase, settledCase } = ledger.dunning;
  if (openCase !== null) return openCase;
  return settledCase !== null && date < settledCase.closedOn ? settledCase : null;
}

/** the version is pinned in the case; another one holds for cases that it opens. */
export function policyOfCase(
  dunningCase: DunningCase | null,
  asked: DunningPolicy,
  casePolicies: readonly DunningPolicy[],
): DunningPolicy {
  if (dunningCase === null) return asked;
  const { policyId, policyVersion } = dunningCase;
  return casePolicies.find((policy) => policy.policyId === policyId && policy.version === policyVersion) ?? asked;
}

/**
 * Whether any item of the open case is open and overdue on a day; disputed ones are. There is one case at a time: whatever a
 * notice has listed belongs to it, an item of an earlier case too whose payment was returned.
 */
export function caseGoesOn(ledger: LedgerState, day: BusinessDate): boolean {
  return listedAndOverdue(ledger, day).size > 0;
}

/** The closed case of which something is open and overdue again on a day; null: an open one goes on, or nothing is. */
export function caseToReopen(ledger: LedgerState, day: BusinessDate): DunningCase | null {
  return ledger.dunning.openCase === null ? lastCaseOf(ledger, listedAndOverdue(ledger, day)) : null;
}

/** Cases whose notices list what is open and overdue on a day. */
function listedAndOverdue(ledger: LedgerState, day: BusinessDate): ReadonlySet<string> {
  const items = ledger.items.values().filter((item) => item.dueDate < day && openOn(item, day) > 0);
  return new Set(items.flatMap(({ caseId }) => (caseId === null ? [] : [caseId])));
}

/** Of these cases the one that was written to last, as it was opened. */
function lastCaseOf({ dunning }: LedgerState, caseIds: ReadonlySet<string>): DunningCase | null {
  const last = dunning.notices.findLast(({ caseId }) => caseIds.has(caseId));
  const first = dunning.notices.find(({ caseId }) => caseId === last?.caseId);
  return first === undefined ? null : caseOf(first);
}

interface EligibleItem {
  readonly item: LedgerItem;
  readonly netMinor: number;
  readonly rises: boolean;
}

function canRise(item: LedgerItem, policy: DunningPolicy, date: BusinessDate): boolean {
  const next = policy.levels[item.level];
  return next !== undefined && daysBetween(item.dueDate, date) >= next.daysAfterDue;
}

function decideNotice(
  ledger: LedgerState,
  policy: DunningPolicy,
  date: BusinessDate,
  eligible: readonly EligibleItem[],
): DecidedNotice | null {
  if (!eligible.some((candidate) => candidate.rises)) return null;
  // The gap holds across cases: a client is not written to more often because one case ended and another began.
  const last = ledger.dunning.notices.at(-1);
  if (last !== undefined && daysBetween(last.date, date) < policy.daysBetweenNotices) return null;
  const netMinor = eligible.reduce((sum, candidate) => sum + candidate.netMinor, 0);
  if (netMinor < policy.minimumBalanceMinor) return null;
  const items = eligible
    .map(({ item, netMinor: net, rises }) => ({
      instalmentId: item.instalmentId,
      invoiceNumber: item.invoiceNumber,
      dueDate: item.dueDate,
      netMinor: net,
      levelBefore: item.level,
      levelAfter: item.level + (rises ? 1 : 0),
    }))
    .sort(byDueDate);
  const level = Math.max(...items.map((item) => item.levelAfter));
  const fee = policy.levels[Math.min(level, policy.levels.length) - 1];
  return { level, feeMinor: fee?.feeMinor ?? 0, netMinor, items };
}

function byDueDate(left: NoticeItem, right: NoticeItem): number {
  if (left.dueDate !== right.dueDate) return left.dueDate < right.dueDate ? -1 : 1;
  if (left.invoiceNumber !== right.invoiceNumber) return left.invoiceNumber < right.invoiceNumber ? -1 : 1;
  return left.instalmentId < right.instalmentId ? -1 : left.instalmentId > right.instalmentId ? 1 : 0;
}

function isPaused(ledger: LedgerState, item: LedgerItem, date: BusinessDate): boolean {
  return ledger.pauses.some(
    (pause) =>
      (pause.instalmentId === null || pause.instalmentId === item.instalmentId) &&
      pause.from <= date &&
      date <= pause.until,
  );
}

/**
 * The restriction that the last state of a ledger calls for, as of a day: the strictest of the levels that open and
 * overdue items have reached. What is imposed stays until nothing of the case is open and overdue.
 */
export function restrictionDue(
  ledger: LedgerState,
  policy: DunningPolicy,
  today: BusinessDate,
): { readonly restriction: Restriction; readonly level: number } | null {
  let due: { restriction: Restriction; level: number } | null = null;
  for (const item of ledger.items.values()) {
    if (item.level === 0 || item.dueDate >= today || openOn(item, today) <= 0) continue;
    for (const step of policy.levels)
      if (step.level <= item.level && step.restriction !== null && step.level > (due?.level ?? 0))
        due = { restriction: step.restriction, level: step.level };
  }
  return due;
}

export function somethingOverdue(ledger: LedgerState, today: BusinessDate): boolean {
  for (const item of ledger.items.values()) {
    // Not what is open in the end: money with a later value date is not here yet.
    if (item.dueDate < today && openOn(item, today) > 0) return true;
  }
  return false;
}

/**
 * The same ledger as if nothing had been dunned from a date on: what a trial of another policy over past months
 * begins with. Facts stay as they are.
 */
export function beforeDunningOf(ledger: LedgerState, from: BusinessDate): LedgerState {
  const notices = ledger.dunning.notices.filter((notice) => notice.date < from);
  const reached = new Map<string, { level: number; caseId: string }>();
  for (const notice of notices)
    for (const item of notice.items) reached.set(item.instalmentId, { level: item.levelAfter, caseId: notice.caseId });
  const items = ledger.items.map((item) => {
    const before = reached.get(item.instalmentId);
    return { ...item, level: before?.level ?? 0, caseId: before?.caseId ?? null };
  });
  const last = notices.at(-1);
  return {
    ...ledger,
    items,
    dunning: {
      openCase: last === undefined ? null : caseOf(last),
      settledCase: null,
      decidedThrough: last?.date ?? null,
      notices,
    },
  };
}

function caseOf({ caseId, date, policyId, policyVersion }: NoticeRecord): DunningCase {
  return { caseId, openedOn: date, policyId, policyVersion };
}
