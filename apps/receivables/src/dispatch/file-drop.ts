import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import MailComposer from 'nodemailer/lib/mail-composer';
import { type Letter, messageIdOf, messageOf, type Sent } from './letter.ts';

/** Whoever may read the outbox may read every letter. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Writes a letter as `<notice>.eml`: whole or not at all, and under one name, so that a second attempt leaves no second
 * file where the first is still there.
 */
export async function dropFile(folder: string, letter: Letter, from: string): Promise<Sent> {
  const bytes = await new MailComposer(messageOf(letter, from)).compile().build();
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const name = `${letter.noticeId}.eml`;
  const unfinished = join(folder, `.${name}.${process.pid}`);
  const file = await open(unfinished, 'w', FILE_MODE);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(folder, name));
  return { messageId: messageIdOf(letter.noticeId), proof: name };
}
