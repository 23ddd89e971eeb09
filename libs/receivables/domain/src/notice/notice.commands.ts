import type { BusinessDate } from '@kontor/kernel';
import type { NoticeChannel, NoticeRenderedData } from './notice.events.ts';

export type NoticeCommand =
  | ({ readonly type: 'RenderNotice' } & NoticeRenderedData)
  | { readonly type: 'ReleaseNotice'; readonly businessDate: BusinessDate }
  | {
      readonly type: 'BeginDispatch';
      readonly attempt: number;
      readonly channel: NoticeChannel;
      readonly contactId: string | null;
      readonly address: string | null;
      /** ISO instants. */
      readonly now: string;
      readonly leaseUntil: string;
      readonly businessDate: BusinessDate;
    }
  | {
      readonly type: 'ConfirmDispatch';
      readonly attempt: number;
      readonly messageId: string;
      readonly proof: string;
      readonly businessDate: BusinessDate;
    }
  | {
      readonly type: 'FailDispatch';
      readonly attempt: number;
      readonly reason: string;
      /** No further attempt can end otherwise. */
      readonly forGood: boolean;
      readonly now: string;
      readonly businessDate: BusinessDate;
    }
  | { readonly type: 'WithdrawNotice'; readonly reason: string; readonly businessDate: BusinessDate };

export type NoticeCommandOf<Type extends NoticeCommand['type']> = Extract<NoticeCommand, { type: Type }>;
