import type { sendUnaryData, ServerUnaryCall, Metadata } from '@grpc/grpc-js';
import type { Faults, Method, Order } from './faults.ts';
import type { DoubleLog } from './log.ts';
import type { Failure } from './wire.ts';

/** What the handlers of all calls share. */
export class Served {
  maxAppendBytes = 1_048_576;
  /** Each ends an open batch stream with OK, whatever is pending on it. */
  readonly batchStreams = new Set<() => void>();
  /** Each ends an open subscription: with OK, or with this failure. */
  readonly subscriptions = new Set<(failure?: Failure) => void>();

  constructor(
    readonly log: DoubleLog,
    readonly faults: Faults,
  ) {}

  /** Notes the call, and gives what a test ordered for it. */
  arrived(method: Method, call: { readonly metadata: Metadata; getDeadline(): Date | number }): Order | undefined {
    const deadline = call.getDeadline();
    this.faults.calls.push({
      method,
      headers: call.metadata.getMap(),
      deadlineMs: Number(deadline) - Date.now(),
    });
    return this.faults.next(method);
  }

  /** True when a unary call is not to be served. */
  refusedBefore<Request, Reply>(
    method: Method,
    call: ServerUnaryCall<Request, Reply>,
    answer: sendUnaryData<Reply>,
  ): boolean {
    const order = this.arrived(method, call);
    if (order === undefined) return false;
    if (order.answer !== 'silence') answer(order.answer);
    return true;
  }
}
