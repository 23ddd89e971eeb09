import { expect, it } from '@jest/globals';
import { WatermarkPace } from './watermark-pace.ts';

it('X-02: after a rest as many watermarks as a burst has go at once, then one each interval', () => {
  const pace = new WatermarkPace(100, 3, 0);
  const sent: number[] = [];
  for (let now = 0; now <= 300; now += 10) {
    if (pace.dueInMs(now) > 0) continue;
    pace.note(now);
    sent.push(now);
  }
  expect(sent).toEqual([0, 10, 20, 100, 200, 300]);
});

it('X-02: says how long the next one waits', () => {
  const pace = new WatermarkPace(100, 1, 0);
  expect(pace.dueInMs(0)).toBe(0);
  pace.note(0);
  expect([0, 25, 99, 100, 5_000].map((now) => Math.round(pace.dueInMs(now)))).toEqual([100, 75, 1, 0, 0]);
});

it('X-02: a rest earns no more than a burst', () => {
  const pace = new WatermarkPace(100, 2, 0);
  for (let count = 0; count < 2; count += 1) pace.note(60_000);
  expect(pace.dueInMs(60_000)).toBe(100);
});

it('X-02: one that was sent before its time owes nothing', () => {
  const pace = new WatermarkPace(100, 1, 0);
  for (let count = 0; count < 5; count += 1) pace.note(0);
  expect(pace.dueInMs(0)).toBe(100);
});
