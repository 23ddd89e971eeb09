import { setImmediate as yieldToOthers, setTimeout as pause } from 'node:timers/promises';
import { invalidField, Problem, problemOf } from '@kontor/http';
import { addDays, type BusinessDate, daysBetween } from '@kontor/kernel';
import {
  beforeDunningOf,
  beginOf,
  type DecidedNoticeSummary,
  decidedDate,
  dunningCalendarAggregate,
  type DunningCalendarCommand,
  type DunningCalendarState,
  type DunningPolicy,
  type NoticeRecord,
  policyOf,
  type PolicyContent,
  runFault,
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
  type RunPolicies,
  summaryOf,
  tryDate,
} from './dunning-ledgers.ts';
import { lastEndedDate } from './ended-dates.ts';
import { inParallel } from './in-parallel.ts';
import { releaseNotice, renderNotice } from './notice-rendering.ts';
import { policiesOf, policyInForce, storePolicy, trialPolicy } from './policies.ts';
import { whileLocked } from './run-lock.ts';
import { type PreparedRun, type RunOrder, type RunProgress, type RunResult, runIdOf } from './run-order.ts';
import { datesBetween, decidedNotices, totalsOf } from './run-totals.ts';
import { runsOf } from './runs.registry.ts';

const DIRECTORY_POLL_MS = 50;
/** Evaluations of a date are pure and quick; now and then others get their turn. */
const DATES_BETWEEN_YIELDS = 20;

/** The dunning run over a range of dates, date by date in ascending order. */
export class DunningRunner {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** Throws problems for what must be refused before anything is done. */
  check({ entityId, from, to }: Pick<RunOrder, 'entityId' | 'from' | 'to'>): void {
    if (this.runtime.entities.find(entityId) === undefined)
      throw invalidField('entityId', 'is not a legal entity of this firm');
    const last = lastEndedDate(this.runtime.entities, entityId, this.runtime.clock.now());
    const yesterday = addDays(this.runtime.entities.today(entityId), -1);
    if (to > last)
      throw new Problem(
        422,
        'DateNotEnded',
        `A run decides only dates that have ended: to is after ${last === yesterday ? 'yesterday' : 'today'}.`,
        { facts: { to, yesterday, last }, errors: [{ field: 'to', reason: `must not be after ${last}` }] },
      );
    this.requireBounded({ from, to }, 'a run covers');
  }

  private requireBounded(
    { from, to }: { readonly from: BusinessDate; readonly to: BusinessDate },
    covers: string,
  ): void {
    if (daysBetween(from, to) >= MAX_RUN_DATES) throw invalidField('from', `${covers} at most ${MAX_RUN_DATES} dates`);
  }

  /** What is asked for, with its policy and its id; throws problems for what must be refused. Nothing is written. */
  async prepare(order: RunOrder): Promise<PreparedRun> {
    this.check(order);
    const { entityId, currency } = order;
    const content = order.content ?? (await this.newestPolicy(order));
    const found = await trialPolicy(this.runtime, entityId, currency, content);
    if (found.kind === 'refused') throw problemOf(found.refusal, receivablesProblems);
    const prepared = { ...order, content, policy: policyOf(found.stored), runId: runIdOf(order, content) };
    if (!order.dryRun) this.refuseUndecidable(await this.calendar(prepared), prepared);
    return prepared;
  }

  /** Carries a run out, or joins the same one while it goes on. */
  run(run: PreparedRun, envelope: CommandEnvelope): Promise<RunResult> {
    const { runId, from, to, entityId, currency } = run;
    return runsOf(this.runtime).join({ runId, from, to, dates: daysBetween(from, to) + 1 }, (progress) =>
      run.dryRun
        ? this.attempt(run, progress)
        : whileLocked(this.runtime.pool, `dunning|${entityId}|${currency}`, () => this.decide(run, envelope, progress)),
    );
  }

  private async decide(run: PreparedRun, envelope: CommandEnvelope, progress: RunProgress): Promise<RunResult> {
    const { entityId, currency, from, to, runId } = run;
    // Refused before it is stored: a policy that may not be used leaves no version behind.
    this.refuseUndecidable(await this.calendar(run), run);
    const found = await storePolicy(this.runtime, entityId, currency, run.content, envelope);
    if (found.kind === 'refused') throw problemOf(found.refusal, receivablesProblems);
    const policy = policyOf(found.stored);
    const derived = (commandId: string): CommandEnvelope => ({
      commandId,
      requestHash: '',
      actor: envelope.actor,
      origin: 'process',
      correlationId: envelope.correlationId,
      causationId: envelope.commandId,
      occurredAt: envelope.occurredAt,
    });
    const { policyId, version: policyVersion } = policy;
    const { dispatch } = run;
    const begun = { runId, entityId, currency, from, to, policyId, policyVersion, dispatch };
    // Under the request's own key: that key with another body is refused here.
    await this.tellCalendar(
      run,
      { type: 'BeginRun', ...begun },
      { ...derived(uuidV5(envelope.commandId, 'begin')), requestHash: envelope.requestHash },
    );
    const before = await this.calendar(run);
    const begin = beginOf(before, from);
    const open = [...datesBetween(begin, to)].filter((date) => decidedDate(before, date) === undefined);
    const decidedDates = daysBetween(from, to) + 1;
    const alreadyDecided = decidedDates - open.filter((date) => date >= from).length;
    progress.decided = alreadyDecided;
    await this.atHead('ledger_directory');
    const ledgers = await loadLedgers(this.runtime, entityId, currency);
    const policies: RunPolicies = {
      policy,
      casePolicies: (await policiesOf(this.runtime, entityId, currency)).map(policyOf),
    };
    for (let at = 0; at < open.length; at += DATES_PER_APPEND) {
      const dates = open.slice(at, at + DATES_PER_APPEND);
      const decided = await this.decideDates(ledgers, policies, dates, derived);
      await this.record(run, policy, decided, derived);
      progress.decided += dates.filter((date) => date >= from).length;
    }
    const today = this.runtime.entities.today(entityId);
    for (const ledger of ledgers) await alignRestriction(this.runtime, ledger, policies, today, derived);
    if (dispatch) await this.dispatch(ledgers, { ...run, from: begin }, derived);
    await this.tellCalendar(run, { type: 'FinishRun', runId, alreadyDecided }, derived(uuidV5(runId, 'finish')));
    const after = await this.calendar(run);
    if (open.length > 0) await this.atHead('receivables_lists');
    const totals = totalsOf(decidedNotices(after, from, to), policy.levels.length, currency);
    return { runId, from, to, ...totals, decidedDates, alreadyDecided };
  }

  /** Decides the dates one after the other, and renders their notices before the dates count as decided. */
  private async decideDates(
    ledgers: readonly RunLedger[],
    policies: RunPolicies,
    dates: readonly BusinessDate[],
    derived: (commandId: string) => CommandEnvelope,
  ): Promise<readonly { date: BusinessDate; notices: readonly DecidedNoticeSummary[] }[]> {
    const decided: { date: BusinessDate; notices: readonly DecidedNoticeSummary[] }[] = [];
    const toRender: { ledger: RunLedger; notice: NoticeRecord }[] = [];
    for (const [index, date] of dates.entries()) {
      for (const ledger of ledgers) await decideDate(this.runtime, ledger, policies, date, derived);
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
    run: PreparedRun,
    { policyId, version: policyVersion }: DunningPolicy,
    dates: readonly { date: BusinessDate; notices: readonly DecidedNoticeSummary[] }[],
    derived: (commandId: string) => CommandEnvelope,
  ): Promise<void> {
    const { entityId, currency } = run;
    const envelope = derived(uuidV5(calendarIdOf(entityId, currency), `decided|${dates[0]?.date}|${dates.length}`));
    const facts = { entityId, currency, policyId, policyVersion };
    await this.tellCalendar(run, { type: 'RecordDecidedDates', ...facts, dates }, envelope);
  }

  private async tellCalendar(
    { entityId, currency }: RunOrder,
    command: DunningCalendarCommand,
    envelope: CommandEnvelope,
  ): Promise<void> {
    const calendarId = calendarIdOf(entityId, currency);
    const outcome = await this.runtime.runner.execute(dunningCalendarAggregate, calendarId, command, envelope);
    if (outcome.kind === 'refused') throw problemOf(outcome.refusal, receivablesProblems);
  }

  /** the same rule on the ledgers as they are known, in memory; nothing at all is written. */
  private async attempt(run: PreparedRun, progress: RunProgress): Promise<RunResult> {
    const { entityId, currency, from, to, policy } = run;
    const calendar = await this.calendar(run);
    // As the run itself would: dates before the range that nobody has decided come first.
    const begin = beginOf(calendar, from);
    await this.atHead('ledger_directory');
    const loaded = await loadLedgers(this.runtime, entityId, currency);
    const ledgers = loaded.map((ledger) => ({ ...ledger, state: beforeDunningOf(ledger.state, begin) }));
    const notices: DecidedNoticeSummary[] = [];
    for (const [index, date] of [...datesBetween(begin, to)].entries()) {
      for (const ledger of ledgers) {
        tryDate(ledger, policy, date);
        const notice = noticeOn(ledger, date);
        if (notice !== undefined && date >= from) notices.push(summaryOf(ledger, notice));
      }
      if (date >= from) progress.decided += 1;
      if (index % DATES_BETWEEN_YIELDS === 0) await yieldToOthers();
    }
    const dates = [...datesBetween(from, to)];
    return {
      runId: run.runId,
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

  private async newestPolicy({ entityId, currency }: RunOrder): Promise<PolicyContent> {
    const newest = await policyInForce(this.runtime, entityId, currency);
    if (newest === undefined)
      throw invalidField('policy', `there is no stored policy in ${currency}: name one in the request`);
    return newest;
  }

  private refuseUndecidable(calendar: DunningCalendarState, { from, to, policy }: PreparedRun): void {
    const refused = runFault(calendar, { from, to, policyVersion: policy.version });
    if (refused !== null) throw problemOf(refused.refusal, receivablesProblems);
    const begin = beginOf(calendar, from);
    this.requireBounded({ from: begin, to }, `dates from ${begin} on are undecided, and a run decides`);
  }

  private async calendar({ entityId, currency }: RunOrder): Promise<DunningCalendarState> {
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
        const behind = error instanceof Error && ['ProjectionBehind', 'ProjectionBuilding'].includes(error.name);
        if (!behind || Date.now() > givesUpAt) throw error;
        await pause(DIRECTORY_POLL_MS);
      }
    }
  }
}
