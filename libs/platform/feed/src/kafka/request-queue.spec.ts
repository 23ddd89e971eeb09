import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { mendRequestQueue } from './request-queue.ts';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

it('an idle connection has no timer, one that waits or was asked to pause has one of a positive length', async () => {
  mendRequestQueue();
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/network/requestQueue/index.js') as { readonly prototype: Queue };
  const warnings: string[] = [];
  const hear = ({ name }: Error) => void warnings.push(name);
  process.on('warning', hear);
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

  const idle = queue({});
  idle.scheduleCheckPendingRequests();
  expect(idle.throttleCheckTimeoutId).toBeNull();

  const waiting = queue({ pending: ['a request'] });
  waiting.scheduleCheckPendingRequests();
  waiting.scheduleCheckPendingRequests();
  const throttled = queue({ throttledUntil: Date.now() + 20 });
  throttled.scheduleCheckPendingRequests();
  await delay(60);
  expect(checks).toBe(2);
  expect(waiting.throttleCheckTimeoutId).toBeNull();
  expect(warnings).toEqual([]);
  process.off('warning', hear);
});
