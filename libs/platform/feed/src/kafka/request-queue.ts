import { createRequire } from 'node:module';

/** What is used of an inner class of kafkajs 2.2.4 (src/network/requestQueue). */
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const CHECK_EVERY_MS = 10;

let mended = false;

/**
 * kafkajs looks for requests that wait although none does, on every connection, by a timer of a negative length: Node 24
 * warns of it (TimeoutNegativeWarning), and it wakes up each millisecond, 6 % of a core per idle connection. Here the timer
 * runs only while something waits or the broker has asked for a pause.
 */
export function mendRequestQueue(): void {
  if (mended) return;
  mended = true;
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/network/requestQueue/index.js') as { readonly prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId !== null && this.throttleCheckTimeoutId !== undefined) return;
    const throttledForMs = this.throttledUntil - Date.now();
    if (this.pending.length === 0 && !(throttledForMs > 0)) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledForMs > 0 ? throttledForMs : CHECK_EVERY_MS,
    );
  };
}
