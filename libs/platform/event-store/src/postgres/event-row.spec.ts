import { expect, it } from '@jest/globals';
import { type EventRow, storedEvents } from './event-row.ts';

const row = (position: number, data: string): EventRow => ({
  position: String(position),
  revision: '0',
  recorded_at: '2026-01-31 10:00:00.12+00',
  event_id: '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a01',
  type: 'orders.OrderPlaced.v1',
  data: Buffer.from(data).toString('hex'),
  metadata: '{}',
});

it('the data of a page lie in one piece of memory that holds nothing else', () => {
  const events = storedEvents(
    [row(1, '{"a":1}'), row(2, ''), row(3, '{"ä":"€"}')],
    ({ position }) => `order-${position}`,
  );
  expect(events.map(({ stream, data }) => [stream, Buffer.from(data).toString('utf8')])).toEqual([
    ['order-1', '{"a":1}'],
    ['order-2', ''],
    ['order-3', '{"ä":"€"}'],
  ]);
  const [first, , last] = events.map(({ data }) => data.buffer);
  expect(first).toBe(last);
  expect(first?.byteLength).toBe(7 + 12);
});
