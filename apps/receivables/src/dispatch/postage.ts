import type { NoticeChannel } from '@kontor/receivables-domain';
import { config, outboxFolder } from '../receivables.config.ts';
import { dropFile } from './file-drop.ts';
import type { Letter, Sent } from './letter.ts';
import { sendMail } from './smtp.ts';

/** How letters leave. */
export interface Postage {
  channelFor(address: string | null): NoticeChannel;
  /** Throws UndeliverableLetter where another attempt can end no better. */
  send(channel: NoticeChannel, letter: Letter): Promise<Sent>;
}

/** By mail where there is a server and an address, else as a file in the outbox. */
export function postage(
  { smtpUrl, from }: { readonly smtpUrl: string | null; readonly from: string | null },
  folder: () => string,
): Postage {
  return {
    channelFor: (address) => (smtpUrl !== null && address !== null ? 'e-mail' : 'print'),
    send: (channel, letter) =>
      channel === 'e-mail' && smtpUrl !== null
        ? sendMail(smtpUrl, letter, from ?? NOBODY)
        : dropFile(folder(), letter, from ?? NOBODY),
  };
}

/** Who sends what is only printed. */
const NOBODY = 'Kontor <nobody@kontor.invalid>';

export const configuredPostage = postage(config.mail, outboxFolder);
