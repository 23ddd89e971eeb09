import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { LINE_EVERY_MS, ProgressLines } from './progress-lines.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('without a terminal progress is a line now and then, and none of what is done soon', () => {
  const written: string[] = [];
  const lines = new ProgressLines((text) => written.push(text));
  for (let percent = 0; percent <= 100; percent += 10) {
    lines.say(`loading ${percent} %`);
    jest.advanceTimersByTime(LINE_EVERY_MS / 4);
  }
  expect(written).toEqual(['loading 40 %\n', 'loading 80 %\n']);
});
