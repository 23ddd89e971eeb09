import { expect, it } from '@jest/globals';
import { asProblem } from './problem.filter.ts';

it('X-05: a log of another service that cannot be asked is no fault of ours, and worth another try', () => {
  const away = Object.assign(new Error('the feed of accounts is not available'), { name: 'FeedUnavailable' });
  const problem = asProblem(away);
  expect([problem.status, problem.code, problem.more.headers]).toEqual([503, 'ServiceAway', { 'retry-after': '1' }]);
  expect(problem.detail).toBe('Another service does not answer: the feed of accounts is not available.');
});
