import { expect, it } from '@jest/globals';
import type { TracedEvent } from './event-trace.projection.ts';
import { causeAndEffect } from './trace-graph.ts';

function traced(eventId: string, commandId: string, causationId: string | null): TracedEvent {
  return {
    ...{ eventId, commandId, causationId, service: 'orders', contract: 'kontor.orders.order-placed.v1' },
    ...{ stream: 'order-1', revision: '0', position: '1', recordedAt: '2026-01-01T00:00:00.000000Z', actor: 'ada' },
    correlationId: 'first',
  };
}

it('X-05: puts causes before effects, whatever order they were recorded in, and goes by commands too', () => {
  const chain = [
    traced('confirmed', 'confirm', 'reserved'),
    traced('placed', 'first', null),
    traced('requested', 'first', null),
    traced('reserved', 'reserve', 'requested'),
    traced('stepped', 'step', 'first'),
    traced('elsewhere', 'other', 'unknown'),
  ];
  expect(causeAndEffect(chain).map(({ eventId, causedBy, depth }) => [eventId, causedBy, depth])).toEqual([
    ['placed', null, 0],
    ['stepped', 'placed', 1],
    ['requested', null, 0],
    ['reserved', 'requested', 1],
    ['confirmed', 'reserved', 2],
    ['elsewhere', null, 0],
  ]);
});
