import type { CloudEvent, ProcessManager } from '@kontor/kernel';
import type { CreditRequestedV1 } from '@kontor/orders-contracts';
import type { ConfirmOrder, HoldOrder, ResumeOnPrepayment } from '../order/order.commands.ts';

/** What is read of receivables' answers; a domain sees no other's contracts, so the shape is named here. */
interface CreditAnswer {
  readonly orderId: string;
  readonly attempt: number;
  readonly businessDate: string;
}
interface Payment {
  /** Absent: not paid in advance for an order. */
  readonly orderId?: string;
  readonly businessDate: string;
}
interface CreditRefusal extends CreditAnswer {
  readonly code: string;
  readonly sentence: string;
}

/** The requests come from one feed and the answers from another, in any order: both are kept. */
export interface CreditCheckState {
  readonly lastRequested: number;
  readonly lastAnswered: number;
}

/** Ensures that every order that asked for credit is confirmed or held (O-07). Waiting = requested but not answered. */
export const creditCheck: ProcessManager<CreditCheckState, ConfirmOrder | HoldOrder | ResumeOnPrepayment> = {
  name: 'CreditCheck',
  initial: { lastRequested: 0, lastAnswered: 0 },
  awaiting: ({ lastRequested, lastAnswered }) =>
    lastRequested > lastAnswered ? `receivables' answer to credit request ${lastRequested}` : null,
  reactions: {
    'kontor.orders.credit-requested.v1': {
      correlate: orderOf,
      react: (state, event) => ({
        state: {
          ...state,
          lastRequested: Math.max(state.lastRequested, (event.data as CreditRequestedV1).attempt),
        },
        commands: [],
      }),
    },
    'kontor.receivables.credit-reserved.v1': {
      correlate: orderOf,
      react: (state, event) => {
        const { orderId, attempt, businessDate } = event.data as CreditAnswer;
        return {
          state: answered(state, attempt),
          commands: [
            {
              step: 'confirm',
              aggregate: 'order',
              key: orderId,
              command: { type: 'ConfirmOrder', orderId, attempt, businessDate },
            },
          ],
        };
      },
    },
    'kontor.receivables.credit-refused.v1': {
      correlate: orderOf,
      react: (state, event) => {
        const { orderId, attempt, code, sentence, businessDate } = event.data as CreditRefusal;
        return {
          state: answered(state, attempt),
          commands: [
            {
              step: 'hold',
              aggregate: 'order',
              key: orderId,
              command: { type: 'HoldOrder', orderId, attempt, code, sentence, businessDate },
            },
          ],
        };
      },
    },
    // who must pay in advance has paid; receivables say whether it is enough.
    'kontor.receivables.payment-received.v1': {
      correlate: (event) => (event.data as Payment).orderId ?? null,
      react: (state, event) => {
        const { orderId = '', businessDate } = event.data as Payment;
        const command: ResumeOnPrepayment = { type: 'ResumeOnPrepayment', orderId, businessDate };
        return { state, commands: [{ step: 'resume', aggregate: 'order', key: orderId, command }] };
      },
    },
  },
};

function orderOf(event: CloudEvent): string {
  return (event.data as CreditAnswer).orderId;
}

function answered(state: CreditCheckState, attempt: number): CreditCheckState {
  return { ...state, lastAnswered: Math.max(state.lastAnswered, attempt) };
}
