import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import {
  decidedDate,
  dunningCalendarAggregate,
  dunningPolicyAggregate,
  ledgerAggregate,
} from '@kontor/receivables-domain';
import { calendarIdOf, ledgerIdOf } from '../receivables.streams.ts';
import { receivablesUnderTest, type ReceivablesUnderTest } from '../receivables.harness.scenarios.ts';
import { policiesOf, storeDefaultPolicies } from './policies.ts';
import { recordedRun } from './recorded-runs.ts';
import { decideEndedDates } from './schedule.task.ts';

const ACCOUNT = '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a01';
const signal = new AbortController().signal;
let receivables: ReceivablesUnderTest;
let today: string;

beforeAll(async () => {
  // The store stamps the real time, and the schedule begins with the day that the first ledger was recorded on.
  today = new Date().toISOString().slice(0, 10);
  receivables = await receivablesUnderTest(`${today}T12:00:00.000Z`);
  const { runner, clock } = receivables.runtime;
  const invoiceDate = addDays(today, -20);
  await runner.execute(
    ledgerAggregate,
    ledgerIdOf('main', 'USD', ACCOUNT),
    {
      type: 'OpenItems',
      accountId: ACCOUNT,
      entityId: 'main',
      currency: 'USD',
      businessDate: invoiceDate,
      invoiceId: 'c1b3c9a4-7b55-5e0a-8a4e-5d2b7e9f0a31',
      invoiceNumber: 'INV-1',
      invoiceDate,
      deliveryId: null,
      externalId: null,
      instalments: [
        {
          instalmentId: 'd4a0b7e6-2f9c-5c1d-b1c7-7e3f9a8b6c41',
          ordinal: 1,
          dueDate: invoiceDate,
          amountMinor: 10_000,
        },
      ],
    },
    {
      commandId: '3f0c7c52-8a54-5a3f-8d07-0f4c0a6b2b11',
      requestHash: '',
      actor: 'test',
      origin: 'person',
      correlationId: '3f0c7c52-8a54-5a3f-8d07-0f4c0a6b2b11',
      occurredAt: clock.now(),
    },
  );
  await receivables.fold();
});
afterAll(() => receivables.drop());

async function decidedDates(): Promise<readonly string[]> {
  const { runner } = receivables.runtime;
  const { state } = await runner.load(dunningCalendarAggregate, calendarIdOf('main', 'USD'));
  const days = Array.from({ length: 60 }, (_, n) => addDays(today, n - 30));
  return days.filter((day) => decidedDate(state, day) !== undefined);
}
const levels = async () => {
  const { state } = await receivables.runtime.runner.load(ledgerAggregate, ledgerIdOf('main', 'USD', ACCOUNT));
  return state.dunning.notices.map(({ date, level }) => [date, level]);
};

describe('the dunning schedule', () => {
  it('R-08: a firm has a default policy from its start, stored once', async () => {
    await storeDefaultPolicies(receivables.runtime);
    const versions = await policiesOf(receivables.runtime, 'main', 'USD');
    expect(versions.map(({ version, name }) => [version, name])).toEqual([[1, 'default']]);
  });

  it('R-09: decides nothing before the first recorded day has ended', async () => {
    await decideEndedDates(receivables.runtime, signal);
    expect(await decidedDates()).toEqual([]);
  });

  it('R-09: decides yesterday, once', async () => {
    receivables.clock.moveTo(`${addDays(today, 1)}T00:30:00.000Z`);
    await decideEndedDates(receivables.runtime, signal);
    await decideEndedDates(receivables.runtime, signal);
    expect([await decidedDates(), await levels()]).toEqual([[today], [[today, 1]]]);
  });

  it('R-09: after an outage every missed date is decided, and the newest notice of the case is released', async () => {
    receivables.clock.moveTo(`${addDays(today, 16)}T00:30:00.000Z`);
    await decideEndedDates(receivables.runtime, signal);
    expect(await decidedDates()).toEqual(Array.from({ length: 16 }, (_, n) => addDays(today, n)));
    expect(await levels()).toEqual([
      [today, 1],
      [addDays(today, 7), 2],
      [addDays(today, 14), 3],
    ]);
    const { state } = await receivables.runtime.runner.load(ledgerAggregate, ledgerIdOf('main', 'USD', ACCOUNT));
    expect(state.restriction?.restriction).toBe('block-new-orders');
  });

  it('R-09: what was begun and never finished goes on first, with its own policy', async () => {
    const { runtime, clock } = receivables;
    const calendarId = calendarIdOf('main', 'USD');
    const from = addDays(today, 16);
    const [first] = await policiesOf(runtime, 'main', 'USD');
    if (first === undefined) throw new Error('there is a default policy');
    const begun = {
      runId: '7a1b2c3d-4e5f-5a6b-8c7d-9e0f1a2b3c41',
      entityId: 'main',
      currency: 'USD',
      from,
      to: addDays(today, 18),
      policyId: first.policyId,
      policyVersion: 1,
      dispatch: false,
    };
    const envelope = (commandId: string) => ({
      commandId,
      requestHash: '',
      actor: 'test',
      origin: 'person' as const,
      correlationId: commandId,
      occurredAt: clock.now(),
    });
    // As a run leaves it that was killed before its first date.
    const command = { type: 'BeginRun', ...begun } as const;
    await runtime.runner.execute(dunningCalendarAggregate, calendarId, command, envelope(begun.runId));
    expect(await recordedRun(runtime, begun.runId)).toMatchObject({ status: 'failed', dates: 3, decided: 0 });
    const { policyId, entityId, currency } = first;
    await runtime.runner.execute(
      dunningPolicyAggregate,
      policyId,
      { ...first, type: 'StorePolicy', name: 'stricter', daysBetweenNotices: 3, policyId, entityId, currency },
      envelope('7a1b2c3d-4e5f-5a6b-8c7d-9e0f1a2b3c42'),
    );
    clock.moveTo(`${addDays(today, 21)}T00:30:00.000Z`);
    await decideEndedDates(runtime, signal);
    const { state } = await runtime.runner.load(dunningCalendarAggregate, calendarId);
    const versions = Array.from({ length: 5 }, (_, n) => decidedDate(state, addDays(from, n))?.policyVersion);
    expect(versions).toEqual([1, 1, 1, 2, 2]);
    expect(state.unfinished).toEqual([]);
    expect(await recordedRun(runtime, begun.runId)).toMatchObject({ status: 'finished', decided: 3, problem: null });
  });
});
