import { createTransport } from 'nodemailer';
import { SMTP_STEP_MS } from '../receivables.config.ts';
import { type Letter, messageIdOf, messageOf, type Sent, UndeliverableLetter } from './letter.ts';

/** Steps of SMTP at which a 5xx is about this letter, and not about the server or how we reached it. */
const ABOUT_THE_LETTER: readonly (string | undefined)[] = ['RCPT TO', 'DATA'];

export async function sendMail(url: string, letter: Letter, from: string): Promise<Sent> {
  const transport = createTransport({
    url,
    connectionTimeout: SMTP_STEP_MS,
    greetingTimeout: SMTP_STEP_MS,
    socketTimeout: SMTP_STEP_MS,
    dnsTimeout: SMTP_STEP_MS,
  });
  try {
    const { response } = await transport.sendMail(messageOf(letter, from));
    return { messageId: messageIdOf(letter.noticeId), proof: response };
  } catch (error) {
    const { responseCode, command } = error as { responseCode?: number; command?: string };
    if (error instanceof Error && (responseCode ?? 0) >= 500 && ABOUT_THE_LETTER.includes(command))
      throw new UndeliverableLetter(error.message);
    throw error;
  } finally {
    transport.close();
  }
}
