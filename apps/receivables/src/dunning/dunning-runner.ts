import { setImmediate as yieldToOthers, setTimeout as pause } from 'node:timers/promises';
import { invalidField, Problem, problemOf } from '@kontor/http';
import { addDays, type BusinessDate, daysBetween } from '@kontor/kernel';
import {
  beforeDunningOf,
  type DecidedNoticeSummary,
  decidedDate,
  dunningCalendarAggregate,
  type DunningCalendarState,
  type DunningPolicy,
  type NoticeRecord,
  policyOf,
  type PolicyContent,
} from '@kontor/receivables-domain';
import { type CommandEnvelope, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { CONCURRENT_LOADS, DATES_PER_APPEND, DIRECTORY_WAIT_MS, MAX_RUN_DATES } from '../receivables.config.ts';
import { receivablesProblems } from '../receivables.problems.ts';
import { calendarIdOf } from '../receivables.streams.ts';
import {
  alignRestriction,
  decideDate,
  loadLedgers,
  noticeOn,
  type RunLedger,
  summaryOf,
  tryDate,
} from './dunning-ledgers.ts';
import { inParallel } from './in-parallel.ts';
import { releaseNotice, renderNotice } from './notice-rendering.ts';
import { policyInForce, storePolicy, trialPolicy } from './policies.ts';
import { whileLocked } from './run-lock.ts';
import { datesBetween, decidedNotices, type RunTotals, totalsOf } from './run-totals.ts';

export interface RunOrder {
  readonly runId: string;
  readonly entityId: string;
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly dryRun: boolean;
  readonly dispatch: boolean;
  /** Null: the newest version of the currency's policy. */
  readonly content: PolicyContent | null;
  readonly currency: string;
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

const DIRECTORY_POLL_MS = 50;
/** Evaluations of a date are pure and quick; now and then others get their turn. */
const DATES_BETWEEN_YIELDS = 20;

/** The dunning run over a range of dates: DOMAIN "The dunning run", date by date in ascending order. */
export class DunningRunner {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** Throws problems for what must be refused before anything is done. */
  check({ entityId, from, to }: Pick<RunOrder, 'entityId' | 'from' | 'to'>): void {
    if (this.runtime.entities.find(entityId) === undefined)
      throw invalidField('entityId', 'is not a legal entity of this firm');
    const yesterday = addDays(this.runtime.entities.today(entityId), -1);
    if (to > yesterday)
      throw new Problem(422, 'DateNotEnded', 'A run decides only dates that have ended: to is after yesterday.', {
        facts: { to, yesterday },
        errors: [{ field: 'to', reason: `must not be after ${yesterday}` }],
      });
    if (daysBetween(from, to) >= MAX_RUN_DATES)
      throw invalidField('from', `a run covers at most ${MAX_RUN_DATES} dates`);
  }

  async run(order: RunOrder, envelope: CommandEnvelope, progress: RunProgress): Promise<RunResult> {
    this.check(order);
    const lock = `dunning|${order.entityId}|${order.currency}`;
    return order.dryRun
      ? this.attempt(order, progress)
      : whileLocked(this.runtime.pool, lock, () => this.decide(order, envelope, progress));
  }

  private async decide(order: RunOrder, envelope: CommandEnvelope, progress: RunProgress): Promise<RunResult> {
    const { entityId, currency, from, to } = order;
    const policy = await this.policyFor(order, envelope);
    const before = await this.calendar(entityId, currency);
    const alreadyDecided = this.decidedWith(before, order, policy);
    const derived = (commandId: string): CommandEnvelope => ({
      commandId,
      requestHash: '',
      actor: envelope.actor,
      origin: 'process',
      correlationId: envelope.correlationId,
      causationId: envelope.commandId,
      occurredAt: envelope.occurredAt,
    });
    const open = [...datesBetween(from, to)].filter((date) => decidedDate(before, date) === undefined);
    progress.decided = alreadyDecided;
    await this.atHead('ledger_directory');
    const ledgers = await loadLedgers(this.runtime, entityId, currency);
    for (let at = 0; at < open.length; at += DATES_PER_APPEND) {
      const dates = open.slice(at, at + DATES_PER_APPEND);
      const decided = await this.decideDates(ledgers, policy, dates, derived);
      await this.record(order, policy, decided, derived);
      progress.decided += dates.length;
    }
    const today = this.runtime.entities.today(entityId);
    for (const ledger of ledgers) await alignRestriction(this.runtime, ledger, policy, today, derived);
    if (order.dispatch) await this.dispatch(ledgers, order, derived);
    const after = await this.calendar(entityId, currency);
    if (open.length > 0) await this.atHead('receivables_lists');
    return {
      runId: order.runId,
      from,
      to,
      ...totalsOf(decidedNotices(after, from, to), policy.levels.length, currency),
      decidedDates: daysBetween(from, to) + 1,
      alreadyDecided,
    };
  }

  /** Decides the dates one after the other, and renders their notices before the dates count as decided. */
  private async decideDates(
    ledgers: readonly RunLedger[],
    policy: DunningPolicy,
    dates: readonly BusinessDate[],
    derived: (commandId: string) => CommandEnvelope,
  ): Promise<readonly { date: BusinessDate; notices: readonly DecidedNoticeSummary[] }[]> {
    const decided: { date: BusinessDate; notices: readonly DecidedNoticeSummary[] }[] = [];
    const toRender: { ledger: RunLedger; notice: NoticeRecord }[] = [];
    for (const [index, date] of dates.entries()) {
      for (const ledger of ledgers) await decideDate(this.runtime, ledger, policy, date, derived);
      const notices = ledgers.flatMap((ledger) => {
        const notice = noticeOn(ledger, date);
        if (notice === undefined) return [];
        toRender.push({ ledger, notice });
        return [summaryOf(ledger, notice)];
      });
      decided.push({ date, notices });
      if (index % DATES_BETWEEN_YIELDS === 0) await yieldToOthers();
    }
    await inParallel(toRender, CONCURRENT_LOADS, ({ ledger, notice }) =>
      renderNotice(this.runtime, ledger, notice, derived),
    );
    return decided;
  }

  private async record(
    order: RunOrder,
    policy: DunningPolicy,
    dates: readonly { date: BusinessDate; notices: readonly DecidedNoticeSummary[] }[],
    derived: (commandId: string) => CommandEnvelope,
  ): Promise<void> {
    const { entityId, currency } = order;
    const calendarId = calendarIdOf(entityId, currency);
    const outcome = await this.runtime.runner.execute(
      dunningCalendarAggregate,
      calendarId,
      {
        type: 'RecordDecidedDates',
        entityId,
        currency,
        policyId: policy.policyId,
        policyVersion: policy.version,
        dates,
      },
      derived(uuidV5(calendarId, `decided|${dates[0]?.date}|${dates.length}`)),
    );
    if (outcome.kind === 'refused') throw problemOf(outcome.refusal, receivablesProblems);
  }

  /** the same rule on the ledgers as they are known, in memory; nothing at all is written. */
  private async attempt(order: RunOrder, progress: RunProgress): Promise<RunResult> {
    const { entityId, currency, from, to } = order;
    const content = order.content ?? (await this.newestPolicy(order));
    const found = await trialPolicy(this.runtime, entityId, currency, content);
    if (found.kind === 'refused') throw problemOf(found.refusal, receivablesProblems);
    const policy = policyOf(found.stored);
    const calendar = await this.calendar(entityId, currency);
    await this.atHead('ledger_directory');
    const loaded = await loadLedgers(this.runtime, entityId, currency);
    const ledgers = loaded.map((ledger) => ({ ...ledger, state: beforeDunningOf(ledger.state, from) }));
    const notices: DecidedNoticeSummary[] = [];
    for (const [index, date] of [...datesBetween(from, to)].entries()) {
      for (const ledger of ledgers) {
        tryDate(ledger, policy, date);
        const notice = noticeOn(ledger, date);
        if (notice !== undefined) notices.push(summaryOf(ledger, notice));
      }
      progress.decided += 1;
      if (index % DATES_BETWEEN_YIELDS === 0) await yieldToOthers();
    }
    const dates = [...datesBetween(from, to)];
    return {
      runId: order.runId,
      from,
      to,
      ...totalsOf(notices, policy.levels.length, currency),
      decidedDates: dates.length,
      alreadyDecided: dates.filter((date) => decidedDate(calendar, date) !== undefined).length,
    };
  }

  /** Of each case whose newest notice lies in the range, that one is released for sending. */
  private async dispatch(
    ledgers: readonly RunLedger[],
    { from, to, entityId }: RunOrder,
    derived: (commandId: string) => CommandEnvelope,
  ): Promise<void> {
    for (const { state } of ledgers) {
      const newest = new Map(state.dunning.notices.map((notice) => [notice.caseId, notice]));
      for (const notice of newest.values())
        if (notice.date >= from && notice.date <= to)
          await releaseNotice(this.runtime, notice.noticeId, entityId, derived);
    }
  }

  private async policyFor(order: RunOrder, envelope: CommandEnvelope): Promise<DunningPolicy> {
    const content = order.content ?? (await this.newestPolicy(order));
    const before = await this.calendar(order.entityId, order.currency);
    // Refused before it is stored: a policy that may not be used leaves no version behind.
    const trial = await trialPolicy(this.runtime, order.entityId, order.currency, content);
    if (trial.kind === 'refused') throw problemOf(trial.refusal, receivablesProblems);
    this.decidedWith(before, order, policyOf(trial.stored));
    const found = await storePolicy(this.runtime, order.entityId, order.currency, content, envelope);
    if (found.kind === 'refused') throw problemOf(found.refusal, receivablesProblems);
    return policyOf(found.stored);
  }

  private async newestPolicy({ entityId, currency }: RunOrder): Promise<PolicyContent> {
    const newest = await policyInForce(this.runtime, entityId, currency);
    if (newest === undefined)
      throw invalidField('policy', `there is no stored policy in ${currency}: name one in the request`);
    return newest;
  }

  /** How many dates of the range are decided; another policy version over one of them is refused. */
  private decidedWith(calendar: DunningCalendarState, order: RunOrder, policy: DunningPolicy): number {
    let decided = 0;
    for (const date of datesBetween(order.from, order.to)) {
      const known = decidedDate(calendar, date);
      if (known === undefined) continue;
      decided += 1;
      if (known.policyVersion !== policy.version)
        throw new Problem(
          409,
          'DatesAlreadyDecided',
          'Dates of the range were decided with another policy. A trial (dryRun) may use any.',
          { facts: { date, policyVersion: known.policyVersion, askedVersion: policy.version } },
        );
    }
    return decided;
  }

  private async calendar(entityId: string, currency: string): Promise<DunningCalendarState> {
    const { state } = await this.runtime.runner.load(dunningCalendarAggregate, calendarIdOf(entityId, currency));
    return state;
  }

  /**
   * Every ledger that is recorded must be in the directory before a date is decided for all of them; and who is told that
   * a run has finished finds its notices listed.
   */
  private async atHead(projection: string): Promise<void> {
    const givesUpAt = Date.now() + DIRECTORY_WAIT_MS;
    for (;;) {
      try {
        await this.runtime.caughtUpToHead(projection);
        return;
      } catch (error) {
        const behind = error instanceof Error && error.name === 'ProjectionBehind';
        if (!behind || Date.now() > givesUpAt) throw error;
        await pause(DIRECTORY_POLL_MS);
      }
    }
  }
}
