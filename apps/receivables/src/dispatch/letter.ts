import type { NoticeRenderedData } from '@kontor/receivables-domain';
import { noticeTitle } from '@kontor/receivables-domain';
import type { Addressee } from '../read-models/ledger-directory/ledger-directory.query.ts';

/** A kept notice as it leaves. */
export interface Letter {
  readonly noticeId: string;
  readonly to: { readonly name: string; readonly address: string } | null;
  readonly subject: string;
  readonly text: string;
  /** ISO instant. */
  readonly sentAt: string;
}

export interface Sent {
  readonly messageId: string;
  /** What the mail server answered, or the name of the file. */
  readonly proof: string;
}

/** Another attempt can end no better. */
export class UndeliverableLetter extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UndeliverableLetter';
  }
}

export function letterOf({ noticeId, level }: NoticeRenderedData, text: string, to: Addressee, sentAt: string): Letter {
  const name = to.contactName ?? to.accountName ?? '';
  return {
    noticeId,
    to: to.email === null ? null : { name, address: to.email },
    subject: `${noticeTitle(level)}, account ${to.accountNumber}`,
    text,
    sentAt,
  };
}

/** The same in every attempt: who gets a letter twice can tell. */
export function messageIdOf(noticeId: string): string {
  return `<${noticeId}@kontor>`;
}

/** As nodemailer composes it. */
export function messageOf(letter: Letter, from: string) {
  const { noticeId, to, subject, text, sentAt } = letter;
  return {
    from,
    ...(to === null ? {} : { to }),
    subject,
    text,
    messageId: messageIdOf(noticeId),
    date: new Date(sentAt),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Kontor-Notice': noticeId },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
