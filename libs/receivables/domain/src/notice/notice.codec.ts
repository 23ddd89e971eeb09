import { defineAggregate, defineCodec } from '@kontor/kernel';
import { noticeDecider } from './notice.decider.ts';
import type { NoticeEvent } from './notice.events.ts';

const noticeCodec = defineCodec<NoticeEvent>('receivables', {
  NoticeRendered: { version: 1, personal: { subject: 'subjectId', fields: ['content'] } },
  NoticeReleased: { version: 1 },
  NoticeDispatchBegun: { version: 1, personal: { subject: 'contactId', fields: ['address'] } },
  NoticeDispatchFailed: { version: 1 },
  NoticeDispatched: { version: 1 },
  NoticeWithdrawn: { version: 1 },
});

export const noticeAggregate = defineAggregate({
  category: 'notice',
  decider: noticeDecider,
  codec: noticeCodec,
});
