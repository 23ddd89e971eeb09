import type { BusinessDate } from '@kontor/kernel';

/** A letter goes by mail where there is a mail server and an address, else it is dropped as a file, to be printed. */
export type NoticeChannel = 'e-mail' | 'print';

export interface NoticeRenderedData {
  readonly noticeId: string;
  readonly ledgerId: string;
  readonly caseId: string;
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly level: number;
  /** The dunning contact of the day it was rendered; null: addressed to the account. */
  readonly contactId: string | null;
  /** Whose key seals the text: the contact's, else the account's. */
  readonly subjectId: string;
  /** Null once the key is destroyed; the hash stays. */
  readonly content: string | null;
  readonly contentHash: string;
  readonly mediaType: string;
  readonly templateVersion: string;
  readonly businessDate: BusinessDate;
}

interface NoticeFacts {
  readonly noticeId: string;
  readonly accountId: string;
  readonly businessDate: BusinessDate;
}

interface AttemptFacts extends NoticeFacts {
  /** 1, 2, 3, … over the life of the notice. */
  readonly attempt: number;
  readonly channel: NoticeChannel;
}

interface Events {
  NoticeRendered: NoticeRenderedData;
  /** For sending, as a letter that can be printed; how it went is said by its dispatch. After a failure for good it may be released again. */
  NoticeReleased: NoticeFacts & { readonly channel: 'print' };
  /**
   * Before anything leaves: nobody else takes the same attempt. Whoever began it and has said nothing by `leaseUntil` (ISO
   * instant) was killed; whether it left before that, nobody knows.
   */
  NoticeDispatchBegun: AttemptFacts & {
    /** The dunning contact of the moment of sending. */
    readonly contactId: string | null;
    /** Sealed with the contact's key; null: there is none. */
    readonly address: string | null;
    readonly leaseUntil: string;
  };
  NoticeDispatched: AttemptFacts & {
    readonly contactId: string | null;
    readonly messageId: string;
    /** What the mail server answered, or the name of the file. */
    readonly proof: string;
  };
  /** `retryAt` (ISO instant) null: given up. */
  NoticeDispatchFailed: AttemptFacts & { readonly reason: string; readonly retryAt: string | null };
  /** Released, and no longer right to be sent: a newer one is, or nothing is owed any more. */
  NoticeWithdrawn: NoticeFacts & { readonly reason: string };
}

export type NoticeEvent = {
  [Type in keyof Events]: { readonly type: Type; readonly data: Events[Type] };
}[keyof Events];

export type NoticeEventData<Type extends keyof Events> = Events[Type];
