import { describe, expect, it } from '@jest/globals';
import { closing, leftOut } from './test-report.mjs';

const data = { name: 'data', label: 'golden data', present: false, suites: ['import.data.spec.ts'] };

describe('what is left out', () => {
  it('is named, and a failure only where it is required', () => {
    expect(leftOut([data], [])).toEqual({ lines: ['golden data'], missing: [] });
    expect(leftOut([data], ['data', 'kafka'])).toEqual({ lines: ['golden data'], missing: ['golden data'] });
  });

  it('is nothing when the thing is there, or when no suite wants it', () => {
    expect(leftOut([{ ...data, present: true }], ['data'])).toEqual({ lines: [], missing: [] });
    expect(leftOut([{ ...data, suites: [] }], ['data'])).toEqual({ lines: [], missing: [] });
  });
});

describe('the count of the tests', () => {
  const report = {
    numPassedTests: 2,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [
      {
        name: '/clone/a.spec.ts',
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'one' },
          { status: 'failed', fullName: 'two' },
        ],
      },
      { name: '/clone/b.spec.ts', status: 'failed', assertionResults: [] },
      { name: '/clone/c.spec.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'three' }] },
    ],
  };

  it('counts failed tests, and a suite that did not load as one', () => {
    expect(closing(report, 1, '/clone')).toEqual({
      passed: 2,
      failed: ['a.spec.ts: two', 'b.spec.ts: the suite did not run'],
      leftOut: [],
    });
  });

  it('is never green when Jest was not', () => {
    const green = { ...report, testResults: [] };
    expect(closing(green, 1, '/clone').failed).toEqual(['Jest ended with 1']);
    expect(closing(undefined, 7, '/clone').failed).toEqual(['Jest ended with 7 and no report']);
  });

  it('says what was skipped', () => {
    expect(closing({ ...report, testResults: [], numPendingTests: 3 }, 0, '/clone').leftOut).toEqual([
      '3 skipped tests',
    ]);
  });
});
