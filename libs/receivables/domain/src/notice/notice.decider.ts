import { accept, type BusinessDate, type Decider, type Decision, refuse } from '@kontor/kernel';
import type { NoticeCommand, NoticeCommandOf } from './notice.commands.ts';
import type { NoticeChannel, NoticeEvent, NoticeRenderedData } from './notice.events.ts';

/** Attempts for one release. */
export const DISPATCH_ATTEMPTS = 8;
const FIRST_PAUSE_MS = 60_000;
const PAUSE_FACTOR = 4;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

/** How long to wait after the n-th attempt of a release: 1, 4, 16, 64 minutes, and so on up to six hours. */
export function pauseAfterAttempt(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * PAUSE_FACTOR ** (attempt - 1), LONGEST_PAUSE_MS);
}

export interface NoticeDispatch {
  readonly status: 'waiting' | 'sending' | 'dispatched' | 'failed' | 'withdrawn';
  /** How the last attempt goes, or went; null: none was begun. */
  readonly channel: NoticeChannel | null;
  /** The last attempt that was begun; 0: none. */
  readonly attempt: number;
  /** The last one that this release allows. */
  readonly lastAttempt: number;
  /** When the next one may begin (ISO instant); null: at once, or never again. */
  readonly dueAt: string | null;
  readonly contactId: string | null;
  readonly dispatchedOn: BusinessDate | null;
  readonly messageId: string | null;
  readonly proof: string | null;
  readonly reason: string | null;
}

export interface NoticeState {
  readonly rendered: NoticeRenderedData | null;
  readonly releasedOn: BusinessDate | null;
  /** Null: not released. */
  readonly dispatch: NoticeDispatch | null;
}

function change(state: NoticeState, changes: Partial<NoticeDispatch>): NoticeState {
  return { ...state, dispatch: state.dispatch && { ...state.dispatch, ...changes } };
}

/** Whether an attempt may begin: it is due, and nobody is at it. */
export function dispatchIsDue({ dispatch }: NoticeState, now: string): boolean {
  if (dispatch?.status !== 'waiting' && dispatch?.status !== 'sending') return false;
  return dispatch.dueAt === null || dispatch.dueAt <= now;
}

/**
 * none → kept → released → (sending → waiting)… → dispatched, failed for good or withdrawn. What was kept is never rendered
 * again: it is what the client was, or would have been, sent.
 */
export const noticeDecider: Decider<NoticeState, NoticeCommand, NoticeEvent> = {
  initial: { rendered: null, releasedOn: null, dispatch: null },
  evolve: {
    NoticeRendered: (state, rendered) => ({ ...state, rendered }),
    NoticeReleased: (state, { businessDate }) => ({
      ...state,
      releasedOn: businessDate,
      dispatch: {
        status: 'waiting',
        channel: null,
        attempt: state.dispatch?.attempt ?? 0,
        lastAttempt: (state.dispatch?.attempt ?? 0) + DISPATCH_ATTEMPTS,
        dueAt: null,
        contactId: null,
        dispatchedOn: null,
        messageId: null,
        proof: null,
        reason: null,
      },
    }),
    NoticeDispatchBegun: (state, { attempt, channel, contactId, leaseUntil }) =>
      change(state, { status: 'sending', attempt, channel, contactId, dueAt: leaseUntil }),
    NoticeDispatched: (state, { messageId, proof, channel, contactId, businessDate }) =>
      change(state, {
        ...{ status: 'dispatched', channel, contactId, messageId, proof },
        ...{ dispatchedOn: businessDate, dueAt: null, reason: null },
      }),
    NoticeDispatchFailed: (state, { reason, retryAt }) =>
      change(state, { status: retryAt === null ? 'failed' : 'waiting', dueAt: retryAt, reason }),
    NoticeWithdrawn: (state, { reason }) => change(state, { status: 'withdrawn', dueAt: null, reason }),
  },
  decide: {
    RenderNotice: ({ type: _type, ...data }, state) =>
      state.rendered === null ? accept({ type: 'NoticeRendered', data }) : accept(),
    ReleaseNotice: ({ businessDate }, { rendered, dispatch }) => {
      if (rendered === null) return refuse('NoticeNotRendered', 'There is no text to send.');
      if (dispatch !== null && dispatch.status !== 'failed') return accept();
      return accept({ type: 'NoticeReleased', data: { ...factsOf(rendered), channel: 'print', businessDate } });
    },
    BeginDispatch: beginDispatch,
    ConfirmDispatch: ({ type: _type, ...sent }, { rendered, dispatch }) => {
      // What has left has left, whatever was decided meanwhile; a second proof says nothing new.
      if (rendered === null || dispatch === null || dispatch.status === 'dispatched') return accept();
      const { contactId } = dispatch;
      const channel = dispatch.channel ?? 'print';
      return accept({ type: 'NoticeDispatched', data: { ...factsOf(rendered), ...sent, channel, contactId } });
    },
    FailDispatch: (command, { rendered, dispatch }) => {
      if (rendered === null || dispatch?.status !== 'sending' || dispatch.attempt !== command.attempt) return accept();
      const { reason, businessDate, forGood, now } = command;
      return accept(failed(rendered, dispatch, { reason, businessDate, forGood, now }));
    },
    WithdrawNotice: ({ reason, businessDate }, { rendered, dispatch }) => {
      if (rendered === null || (dispatch?.status !== 'waiting' && dispatch?.status !== 'sending')) return accept();
      return accept({ type: 'NoticeWithdrawn', data: { ...factsOf(rendered), reason, businessDate } });
    },
  },
};

function beginDispatch(command: NoticeCommandOf<'BeginDispatch'>, state: NoticeState): Decision<NoticeEvent> {
  const { rendered, dispatch } = state;
  const { type: _type, now, attempt, ...begun } = command;
  if (rendered === null || dispatch === null || !dispatchIsDue(state, now) || attempt !== dispatch.attempt + 1)
    return refuse('DispatchNotDue', 'The notice is not waiting to be sent with this attempt now.', {
      attempt,
      status: dispatch?.status ?? 'none',
    });
  if (attempt > dispatch.lastAttempt) {
    const { businessDate } = command;
    const reason = 'the last attempt was interrupted';
    return accept(failed(rendered, dispatch, { reason, businessDate, forGood: true, now }));
  }
  return accept({ type: 'NoticeDispatchBegun', data: { ...factsOf(rendered), ...begun, attempt } });
}

function failed(
  rendered: NoticeRenderedData,
  dispatch: NoticeDispatch,
  {
    reason,
    businessDate,
    forGood,
    now,
  }: Pick<NoticeCommandOf<'FailDispatch'>, 'reason' | 'businessDate' | 'forGood' | 'now'>,
): NoticeEvent {
  const { attempt, lastAttempt } = dispatch;
  const channel = dispatch.channel ?? 'print';
  const ofRelease = attempt - (lastAttempt - DISPATCH_ATTEMPTS);
  const retryAt =
    forGood || attempt >= lastAttempt ? null : new Date(Date.parse(now) + pauseAfterAttempt(ofRelease)).toISOString();
  return {
    type: 'NoticeDispatchFailed',
    data: { ...factsOf(rendered), attempt, channel, reason, retryAt, businessDate },
  };
}

function factsOf({ noticeId, accountId }: NoticeRenderedData) {
  return { noticeId, accountId };
}
