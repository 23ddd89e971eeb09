import type { Failure } from './wire.ts';

export type Method = 'read' | 'append' | 'batchAppend' | 'delete' | 'tombstone' | 'features' | 'subscribe';

/**
 * What a test may order of the server, once each time unless said otherwise.
 * `before`: nothing was done. `after`: it was done, and the answer is the failure.
 */
export interface Order {
  readonly when: 'before' | 'after';
  readonly answer: Failure | 'silence';
}

export interface SeenCall {
  readonly method: Method;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly deadlineMs: number;
}

export class Faults {
  /** Calls as they came in, for tests that ask what the client sent. */
  readonly calls: SeenCall[] = [];
  /** The features call answers that it does not exist, as servers before 21 do. */
  withoutFeatures = false;
  /** Open subscriptions hear nothing, though their calls stay open. */
  mutedSubscriptions = false;
  /** A bad event in a batch is answered a second time by the timer, for the same correlation id. */
  lateTimeouts = false;
  private readonly orders = new Map<Method, Order[]>();
  private readonly lasting = new Map<Method, Order>();

  order(method: Method, order: Order): void {
    this.orders.set(method, [...(this.orders.get(method) ?? []), order]);
  }

  /** Until the returned function is called. */
  keep(method: Method, order: Order): () => void {
    this.lasting.set(method, order);
    return () => this.lasting.delete(method);
  }

  /** The order for this call, if there is one. */
  next(method: Method): Order | undefined {
    return this.orders.get(method)?.shift() ?? this.lasting.get(method);
  }
}
