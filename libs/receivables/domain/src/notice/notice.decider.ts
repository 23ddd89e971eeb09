import { accept, type BusinessDate, type Decider, refuse } from '@kontor/kernel';

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

export type NoticeEvent =
  | { readonly type: 'NoticeRendered'; readonly data: NoticeRenderedData }
  | {
      readonly type: 'NoticeReleased';
      readonly data: {
        readonly noticeId: string;
        readonly accountId: string;
        readonly channel: 'print';
        readonly businessDate: BusinessDate;
      };
    };

export type NoticeCommand =
  | ({ readonly type: 'RenderNotice' } & NoticeRenderedData)
  | { readonly type: 'ReleaseNotice'; readonly channel: 'print'; readonly businessDate: BusinessDate };

export interface NoticeState {
  readonly rendered: NoticeRenderedData | null;
  readonly releasedOn: BusinessDate | null;
}

/** none → kept → released. What was kept is never rendered again: it is what the client was, or would have been, sent. */
export const noticeDecider: Decider<NoticeState, NoticeCommand, NoticeEvent> = {
  initial: { rendered: null, releasedOn: null },
  evolve: {
    NoticeRendered: (state, rendered) => ({ ...state, rendered }),
    NoticeReleased: (state, { businessDate }) => ({ ...state, releasedOn: businessDate }),
  },
  decide: {
    RenderNotice: ({ type: _type, ...data }, state) =>
      state.rendered === null ? accept({ type: 'NoticeRendered', data }) : accept(),
    ReleaseNotice: ({ channel, businessDate }, state) => {
      if (state.rendered === null) return refuse('NoticeNotRendered', 'There is no text to send.');
      if (state.releasedOn !== null) return accept();
      const { noticeId, accountId } = state.rendered;
      return accept({ type: 'NoticeReleased', data: { noticeId, accountId, channel, businessDate } });
    },
  },
};
