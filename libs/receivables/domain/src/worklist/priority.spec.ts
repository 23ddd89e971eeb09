import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextStep, WORKLIST_WEIGHTS, weightsOf, worklistPriority } from './priority.ts';

const facts = { overdueMajor: 2_500, daysOverdue: 45, brokenPromises: 1, level: 2 };

describe('the worklist of a collector', () => {
  it('R-18: priority is made of amount, age, broken promises and level, and shows its parts', () => {
    expect(worklistPriority(facts)).toEqual({ points: 41, parts: { amount: 10, age: 15, promises: 10, level: 6 } });
  });

  it('R-18: a part counts with all its points from its full measure on', () => {
    const most = { overdueMajor: 10_000_000, daysOverdue: 900, brokenPromises: 12, level: 9 };
    expect(worklistPriority(most).points).toBe(100);
    expect(worklistPriority({ overdueMajor: 0, daysOverdue: 0, brokenPromises: 0, level: 0 }).points).toBe(0);
  });

  it('R-18: the weights are configuration', () => {
    const none = { points: 0, fullAt: 1 };
    const weights = { amount: { points: 100, fullAt: 5_000 }, age: none, promises: none, level: none };
    expect(worklistPriority(facts, weights)).toEqual({
      points: 50,
      parts: { amount: 50, age: 0, promises: 0, level: 0 },
    });
  });

  it('R-18: the weights are written in one line, each part once', () => {
    expect(weightsOf('amount=40@10000,age=30@90, promises=20@2,level=10@3')).toEqual(WORKLIST_WEIGHTS);
    const wrong = [
      '',
      'amount=40@10000',
      'amount=1@1,amount=1@1,age=1@1,level=1@1',
      'amount=1@0,age=1@1,promises=1@1,level=1@1',
    ];
    expect(wrong.map(weightsOf)).toEqual(wrong.map(() => undefined));
  });

  it('R-18: more of anything never comes later, and the parts sum to the points', () => {
    const some = fc.record({
      overdueMajor: fc.nat(50_000),
      daysOverdue: fc.nat(400),
      brokenPromises: fc.nat(5),
      level: fc.nat(5),
    });
    fc.assert(
      fc.property(some, some, (one, more) => {
        const { points, parts } = worklistPriority(one);
        expect(parts.amount + parts.age + parts.promises + parts.level).toBe(points);
        const sum = {
          overdueMajor: one.overdueMajor + more.overdueMajor,
          daysOverdue: one.daysOverdue + more.daysOverdue,
          brokenPromises: one.brokenPromises + more.brokenPromises,
          level: one.level + more.level,
        };
        expect(worklistPriority(sum).points).toBeGreaterThanOrEqual(points);
      }),
    );
  });

  it.each([
    ['call', 'nothing else explains it', {}],
    ['settle-dispute', 'all of it is disputed', { disputedMinor: 10_000 }],
    ['call', 'a part is disputed', { disputedMinor: 9_999 }],
    ['allocate-credit', 'the money is here', { unallocatedMinor: 10_000 }],
    ['call', 'the money that is here does not reach', { unallocatedMinor: 9_999 }],
    ['allocate-credit', 'the money for the undisputed rest is here', { disputedMinor: 5_000, unallocatedMinor: 5_000 }],
    ['wait-for-promise', 'it is promised', { promised: true }],
  ] as const)('R-18: the next step is to %s when %s', (step, _why, more) => {
    const plain = { overdueMinor: 10_000, disputedMinor: 0, unallocatedMinor: 0, promised: false };
    expect(nextStep({ ...plain, ...more })).toBe(step);
  });
});
