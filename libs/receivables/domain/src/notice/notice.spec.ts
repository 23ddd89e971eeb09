import { describe, expect, it } from '@jest/globals';
import { decide, fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import type { NoticeCommand, NoticeCommandOf } from './notice.commands.ts';
import { DISPATCH_ATTEMPTS, noticeDecider, type NoticeState, pauseAfterAttempt } from './notice.decider.ts';
import type { NoticeEvent, NoticeEventData } from './notice.events.ts';

const about = { noticeId: 'notice', accountId: 'account' };
const rendered: NoticeEvent = {
  type: 'NoticeRendered',
  data: {
    ...about,
    ledgerId: 'ledger',
    caseId: 'case',
    entityId: 'main',
    currency: 'EUR',
    level: 1,
    contactId: 'contact',
    subjectId: 'contact',
    content: 'Please pay.',
    contentHash: 'hash',
    mediaType: 'text/plain; charset=utf-8',
    templateVersion: 'notice-en.v1',
    businessDate: '2026-03-01',
  },
};
const today = { businessDate: '2026-03-02' };
const released: NoticeEvent = { type: 'NoticeReleased', data: { ...about, ...today, channel: 'print' } };
const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2) + minutes * 60_000).toISOString();
const begin = (attempt: number, minutes: number): NoticeCommandOf<'BeginDispatch'> => ({
  type: 'BeginDispatch',
  ...today,
  attempt,
  channel: 'e-mail',
  contactId: 'contact',
  address: 'a@b.example',
  now: at(minutes),
  leaseUntil: at(minutes + 2),
});
const fail = (attempt: number, minutes: number, forGood = false): NoticeCommand => ({
  type: 'FailDispatch',
  ...today,
  attempt,
  reason: 'nobody answers',
  forGood,
  now: at(minutes),
});
const confirm = (attempt: number): NoticeCommand => ({
  type: 'ConfirmDispatch',
  ...today,
  attempt,
  messageId: '<notice@kontor>',
  proof: '250 queued',
});
const begun = (attempt: number, minutes: number): NoticeEvent => ({
  type: 'NoticeDispatchBegun',
  data: {
    ...about,
    ...today,
    attempt,
    channel: 'e-mail',
    contactId: 'contact',
    address: 'a@b.example',
    leaseUntil: at(minutes + 2),
  },
});
const failed = (attempt: number, retryAt: string | null, reason = 'nobody answers'): NoticeEvent => ({
  type: 'NoticeDispatchFailed',
  data: { ...about, ...today, attempt, channel: 'e-mail', reason, retryAt },
});
const dispatched: NoticeEventData<'NoticeDispatched'> = {
  ...about,
  ...today,
  attempt: 1,
  channel: 'e-mail',
  contactId: 'contact',
  messageId: '<notice@kontor>',
  proof: '250 queued',
};

function after(state: NoticeState, command: NoticeCommand): NoticeState {
  const decision = decide(noticeDecider, command, state);
  if (decision.kind === 'refused') throw new Error(`${command.type}: ${decision.refusal.code}`);
  return fold(noticeDecider, decision.events, state);
}

describe('a notice on its way', () => {
  const history = [rendered, released];

  it('R-11: an attempt is begun before anything leaves, and by one alone', () => {
    given(noticeDecider, history).when(begin(1, 0)).then(begun(1, 0));
    given(noticeDecider, [...history, begun(1, 0)])
      .when(begin(1, 0))
      .thenRefused('DispatchNotDue', { attempt: 1, status: 'sending' });
    given(noticeDecider, [...history, begun(1, 0)])
      .when(begin(2, 1))
      .thenRefused('DispatchNotDue', { attempt: 2, status: 'sending' });
    given(noticeDecider, [rendered]).when(begin(1, 0)).thenRefused('DispatchNotDue', { attempt: 1, status: 'none' });
  });

  it('R-11: has left once, whatever is said later', () => {
    given(noticeDecider, [...history, begun(1, 0)])
      .when(confirm(1))
      .then({ type: 'NoticeDispatched', data: dispatched });
    const sent: NoticeEvent[] = [...history, begun(1, 0), { type: 'NoticeDispatched', data: dispatched }];
    for (const command of [confirm(1), fail(1, 1), { type: 'WithdrawNotice', ...today, reason: 'late' } as const])
      given(noticeDecider, sent).when(command).then();
    given(noticeDecider, sent)
      .when({ type: 'ReleaseNotice', ...today })
      .then();
    given(noticeDecider, sent).when(begin(2, 600)).thenRefused('DispatchNotDue', { attempt: 2, status: 'dispatched' });
  });

  it('R-11: who was killed while sending is followed by the next attempt when the lease has ended', () => {
    given(noticeDecider, [...history, begun(1, 0)])
      .when(begin(2, 2))
      .then(begun(2, 2));
    // The first had left all the same: its late proof ends it.
    given(noticeDecider, [...history, begun(1, 0), begun(2, 2)])
      .when(confirm(1))
      .then({ type: 'NoticeDispatched', data: dispatched });
  });

  it('R-11: waits longer after each failure, and gives up after a bounded number', () => {
    expect(Array.from({ length: 7 }, (_, n) => pauseAfterAttempt(n + 1) / 60_000)).toEqual([
      1, 4, 16, 64, 256, 360, 360,
    ]);
    let state = fold(noticeDecider, history);
    let minutes = 0;
    const retries: (string | null)[] = [];
    for (let attempt = 1; attempt <= DISPATCH_ATTEMPTS; attempt += 1) {
      state = after(after(state, begin(attempt, minutes)), fail(attempt, minutes));
      retries.push(state.dispatch?.dueAt ?? null);
      if (attempt === DISPATCH_ATTEMPTS) break;
      expect(decide(noticeDecider, begin(attempt + 1, minutes), state).kind).toBe('refused');
      minutes += pauseAfterAttempt(attempt) / 60_000;
    }
    expect(retries).toEqual([1, 5, 21, 85, 341, 701, 1061].map((due) => at(due)).concat([null as never]));
    expect(state.dispatch).toMatchObject({ status: 'failed', attempt: DISPATCH_ATTEMPTS, reason: 'nobody answers' });
    // Released again, it has as many attempts again, beginning with the shortest pause.
    const again = after(state, { type: 'ReleaseNotice', ...today });
    const more = after(after(again, begin(9, 2_000)), fail(9, 2_000));
    expect(more.dispatch).toMatchObject({ status: 'waiting', dueAt: at(2_001) });
  });

  it('R-11: a letter that nobody can deliver is given up at once', () => {
    given(noticeDecider, [...history, begun(1, 0)])
      .when(fail(1, 0, true))
      .then(failed(1, null));
  });

  it('R-11: an interrupted last attempt is no reason for another', () => {
    const last = Array.from({ length: DISPATCH_ATTEMPTS }, (_, n) => begun(n + 1, n));
    given(noticeDecider, [...history, ...last])
      .when(begin(DISPATCH_ATTEMPTS + 1, 100))
      .then(failed(DISPATCH_ATTEMPTS, null, 'the last attempt was interrupted'));
  });

  it('R-11: what is no longer right is withdrawn before it leaves', () => {
    const withdraw: NoticeCommand = { type: 'WithdrawNotice', ...today, reason: 'the case is closed' };
    given(noticeDecider, history)
      .when(withdraw)
      .then({ type: 'NoticeWithdrawn', data: { ...about, ...today, reason: 'the case is closed' } });
    given(noticeDecider, [rendered]).when(withdraw).then();
  });

  it('R-11: nothing is released that was not rendered', () => {
    given(noticeDecider, [])
      .when({ type: 'ReleaseNotice', ...today })
      .thenRefused('NoticeNotRendered', {});
  });
});
