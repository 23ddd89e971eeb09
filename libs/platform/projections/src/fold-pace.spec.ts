import { expect, it } from '@jest/globals';
import { FoldPace } from './fold-pace.ts';

it('folds at once after a rest, and once an interval under lasting load', () => {
  const pace = new FoldPace(0);
  expect(Array.from({ length: 20 }, () => pace.next(0))).toEqual(Array.from({ length: 20 }, () => 0));
  expect(pace.next(0)).toBe(250);
  expect(pace.next(250)).toBe(250);
  expect(pace.next(500)).toBe(250);
  expect(pace.next(10_000)).toBe(0);
});

it('a pause that was cut short is made up for by one interval at most', () => {
  const pace = new FoldPace(0);
  for (let fold = 0; fold < 100; fold += 1) pace.next(0);
  expect(pace.next(0)).toBe(250);
  expect(pace.next(500)).toBe(0);
});
