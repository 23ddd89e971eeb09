import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { mendRequestQueue } from './request-queue.ts';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('an idle connection has no timer, one that waits or was asked to pause has one of a positive length', () => {
  mendRequestQueue();
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/network/requestQueue/index.js') as { readonly prototype: Queue };
  let checks = 0;
  const queue = (fields: Partial<Queue>): Queue =>
    Object.assign(Object.create(prototype) as Queue, {
      pending: [],
      throttledUntil: -1,
      throttleCheckTimeoutId: null,
      checkPendingRequests: () => {
        checks += 1;
      },
      ...fields,
    });
  const lengths = jest.spyOn(globalThis, 'setTimeout');

  const idle = queue({});
  idle.scheduleCheckPendingRequests();
  expect([idle.throttleCheckTimeoutId, jest.getTimerCount()]).toEqual([null, 0]);

  const waiting = queue({ pending: ['a request'] });
  waiting.scheduleCheckPendingRequests();
  waiting.scheduleCheckPendingRequests();
  const throttled = queue({ throttledUntil: Date.now() + 20 });
  throttled.scheduleCheckPendingRequests();
  expect(lengths.mock.calls.map(([, ms]) => ms)).toEqual([10, 20]);

  jest.advanceTimersByTime(60);
  expect([checks, waiting.throttleCheckTimeoutId, jest.getTimerCount()]).toEqual([2, null, 0]);
});
