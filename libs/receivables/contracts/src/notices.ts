import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE, SERVICE } from './shared.ts';

export const noticeRendered = defineContract(
  SERVICE,
  'notice-rendered',
  1,
  'The text of a notice was rendered and kept; the hash is SHA-256 of its bytes in UTF-8.',
  schema.object({
    noticeId: schema.uuid(),
    accountId: schema.uuid(),
    contactId: schema.nullable(schema.uuid('the dunning contact it is addressed to')),
    contentHash: schema.text('SHA-256, hexadecimal'),
    mediaType: schema.text(),
    templateVersion: schema.text(),
    businessDate: schema.date('the date of the notice'),
  }),
  {
    noticeId: EXAMPLE.noticeId,
    accountId: EXAMPLE.ledger.accountId,
    contactId: EXAMPLE.contactId,
    contentHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    mediaType: 'text/plain; charset=utf-8',
    templateVersion: 'notice-en.v1',
    businessDate: '2026-04-09',
  },
);
export type NoticeRenderedV1 = ContractData<typeof noticeRendered>;

export const noticeReleased = defineContract(
  SERVICE,
  'notice-released',
  1,
  'A kept notice was released for sending. Only the newest notice of a case ever is. How it went: notice-dispatched.',
  schema.object({
    noticeId: schema.uuid(),
    accountId: schema.uuid(),
    channel: schema.oneOf(['print']),
    businessDate: schema.date('the day it was released'),
  }),
  {
    noticeId: EXAMPLE.noticeId,
    accountId: EXAMPLE.ledger.accountId,
    channel: 'print',
    businessDate: '2026-04-10',
  },
);
export type NoticeReleasedV1 = ContractData<typeof noticeReleased>;

/** How a letter goes: by mail, or as a file that is printed. */
const channel = schema.oneOf(['e-mail', 'print']);

const attemptFields = {
  noticeId: schema.uuid(),
  accountId: schema.uuid(),
  attempt: schema.integer('1, 2, 3, … over the life of the notice'),
  channel,
};
const attemptExample = {
  noticeId: EXAMPLE.noticeId,
  accountId: EXAMPLE.ledger.accountId,
  attempt: 1,
  channel: 'e-mail' as const,
};

export const noticeDispatched = defineContract(
  SERVICE,
  'notice-dispatched',
  1,
  'A released notice has left: the mail server took it, or its file lies in the outbox.',
  schema.object({
    ...attemptFields,
    contactId: schema.nullable(schema.uuid('the dunning contact of the moment of sending')),
    messageId: schema.text('Message-ID; the same in every attempt, so that a duplicate can be told'),
    proof: schema.text('what the mail server answered, or the name of the file'),
    businessDate: schema.date('the day it left'),
  }),
  {
    ...attemptExample,
    contactId: EXAMPLE.contactId,
    messageId: `<${EXAMPLE.noticeId}@kontor>`,
    proof: '250 2.0.0 queued',
    businessDate: '2026-04-10',
  },
);
export type NoticeDispatchedV1 = ContractData<typeof noticeDispatched>;

export const noticeDispatchFailed = defineContract(
  SERVICE,
  'notice-dispatch-failed',
  1,
  'An attempt to send a released notice has failed.',
  schema.object({
    ...attemptFields,
    reason: schema.text(),
    retryAt: schema.nullable(schema.instant('when it is tried again; null: never')),
    businessDate: schema.date('the day of the attempt'),
  }),
  {
    ...attemptExample,
    reason: 'connect ECONNREFUSED',
    retryAt: '2026-04-10T06:01:00.000Z',
    businessDate: '2026-04-10',
  },
);
export type NoticeDispatchFailedV1 = ContractData<typeof noticeDispatchFailed>;

export const noticeWithdrawn = defineContract(
  SERVICE,
  'notice-withdrawn',
  1,
  'A released notice is no longer right to be sent, and was not.',
  schema.object({
    noticeId: schema.uuid(),
    accountId: schema.uuid(),
    reason: schema.text(),
    businessDate: schema.date(),
  }),
  {
    noticeId: EXAMPLE.noticeId,
    accountId: EXAMPLE.ledger.accountId,
    reason: 'the case is closed',
    businessDate: '2026-04-10',
  },
);
export type NoticeWithdrawnV1 = ContractData<typeof noticeWithdrawn>;
