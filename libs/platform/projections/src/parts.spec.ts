import { expect, it } from '@jest/globals';
import type { FeedBatch } from '@kontor/feed';
import { partsOf } from './parts.ts';

const batch = {
  service: 'notes',
  logId: 'log',
  events: [11, 12, 15, 17, 18].map((position) => ({ position: String(position), recordedat: `at ${position}` })),
  watermark: { position: 20n, recordedAt: 'at 20' },
  caughtUp: true,
} as unknown as FeedBatch;

const shown = (sizes: number[]) =>
  Array.from(
    partsOf(batch, () => sizes.shift() ?? Number.POSITIVE_INFINITY),
    ({ events, watermark, caughtUp }) => [
      events.map(({ position }) => Number(position)),
      Number(watermark.position),
      caughtUp,
    ],
  );

it('a batch is folded in parts, each up to its own last event, the last one up to the watermark', () => {
  expect(shown([])).toEqual([[[11, 12, 15, 17, 18], 20, true]]);
  expect(shown([2, 2])).toEqual([
    [[11, 12], 12, false],
    [[15, 17], 17, false],
    [[18], 20, true],
  ]);
  expect(shown([5])).toEqual([[[11, 12, 15, 17, 18], 20, true]]);
  expect(shown([0, 3])).toHaveLength(3);
});

it('a batch without events is one part', () => {
  expect(Array.from(partsOf({ ...batch, events: [] }, () => 1))).toEqual([{ ...batch, events: [] }]);
});
