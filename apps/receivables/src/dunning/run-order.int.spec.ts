import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { decidedDate, dunningCalendarAggregate } from '@kontor/receivables-domain';
import { receivablesUnderTest, type ReceivablesUnderTest } from '../receivables.harness.scenarios.ts';
import { calendarIdOf } from '../receivables.streams.ts';
import { DunningRunner } from './dunning-runner.ts';
import { defaultPolicy } from './policies.ts';
import type { PreparedRun, RunOrder } from './run-order.ts';

let receivables: ReceivablesUnderTest;
beforeAll(async () => {
  receivables = await receivablesUnderTest('2026-03-31T12:00:00.000Z');
});
afterAll(() => receivables.drop());

const order = (currency: string, from: string, to: string, more: Partial<RunOrder> = {}): RunOrder => ({
  entityId: 'main',
  currency,
  from,
  to,
  dryRun: false,
  dispatch: false,
  content: defaultPolicy(currency),
  ...more,
});

const prepare = (asked: RunOrder) => new DunningRunner(receivables.runtime).prepare(asked);
const run = async (asked: RunOrder) => carryOut(await prepare(asked));

function carryOut(prepared: PreparedRun) {
  return new DunningRunner(receivables.runtime).run(prepared, {
    commandId: prepared.runId,
    requestHash: '',
    actor: 'test',
    origin: 'person',
    correlationId: prepared.runId,
    occurredAt: receivables.clock.now(),
  });
}
const code = (running: Promise<unknown>) =>
  running.then(
    () => 'decided',
    (error: unknown) => (error as { code: string }).code,
  );
const codeOf = (asked: RunOrder) => code(run(asked));

async function decidedDates(currency: string): Promise<readonly string[]> {
  const { state } = await receivables.runtime.runner.load(dunningCalendarAggregate, calendarIdOf('main', currency));
  const days = Array.from({ length: 90 }, (_, n) => addDays('2026-01-01', n));
  return days.filter((day) => decidedDate(state, day) !== undefined);
}
const dates = (from: string, count: number) => Array.from({ length: count }, (_, n) => addDays(from, n));

describe('the order of dates', () => {
  it('R-09: an earlier range is refused once later dates are decided, and nothing is recorded', async () => {
    expect(await run(order('USD', '2026-02-01', '2026-02-03'))).toMatchObject({ decidedDates: 3, alreadyDecided: 0 });
    const { position } = await receivables.runtime.store.head();
    expect(await codeOf(order('USD', '2026-01-30', '2026-02-05'))).toBe('DatesOutOfOrder');
    expect(await codeOf(order('USD', '2026-01-30', '2026-01-31', { dryRun: true }))).toBe('decided');
    expect((await receivables.runtime.store.head()).position).toBe(position);
  });

  it('R-09: each currency has its own order', async () => {
    expect(await codeOf(order('EUR', '2026-01-10', '2026-01-11'))).toBe('decided');
    expect(await decidedDates('EUR')).toEqual(dates('2026-01-10', 2));
  });

  it('R-09: dates that were missed are decided first, and the totals are those of the range', async () => {
    const asked = order('USD', '2026-02-10', '2026-02-11');
    expect(await run(asked)).toMatchObject({ decidedDates: 2, alreadyDecided: 0 });
    expect(await decidedDates('USD')).toEqual(dates('2026-02-01', 11));
    expect(await run(asked)).toMatchObject({ decidedDates: 2, alreadyDecided: 2 });
  });

  it('R-09: of runs at once the later one decides what is missing, and each date once', async () => {
    const asked = [
      order('CHF', '2026-03-01', '2026-03-10'),
      order('CHF', '2026-03-06', '2026-03-20'),
      order('CHF', '2026-02-20', '2026-03-02'),
    ];
    // Each may begin when it is asked for; when its turn comes, what was decided meanwhile counts.
    const prepared = await Promise.all(asked.map(prepare));
    const answers = await Promise.all(prepared.map((each) => code(carryOut(each))));
    // The third reaches back before what the first has decided.
    expect(answers).toEqual(['decided', 'decided', 'DatesOutOfOrder']);
    expect(await decidedDates('CHF')).toEqual(dates('2026-03-01', 20));
  });

  it('R-09: too many missed dates are refused with the date they begin on', async () => {
    await run(order('SEK', '2005-01-01', '2005-01-01'));
    const asked = run(order('SEK', '2026-03-01', '2026-03-02'));
    await expect(asked).rejects.toMatchObject({
      code: 'InvalidRequest',
      more: {
        errors: [{ field: 'from', reason: expect.stringContaining('from 2005-01-02 on are undecided') }],
      },
    });
  });
});
