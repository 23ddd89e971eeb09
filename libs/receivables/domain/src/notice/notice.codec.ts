import { defineAggregate, defineCodec } from '@kontor/kernel';
import { noticeDecider, type NoticeEvent } from './notice.decider.ts';

export const noticeCodec = defineCodec<NoticeEvent>('receivables', {
  NoticeRendered: { version: 1, personal: { subject: 'subjectId', fields: ['content'] } },
  NoticeReleased: { version: 1 },
});

export const noticeAggregate = defineAggregate({
  category: 'notice',
  decider: noticeDecider,
  codec: noticeCodec,
});
