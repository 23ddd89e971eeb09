import { createServer, type Socket } from 'node:net';

/** What a server answers at a step, instead of taking it. */
export type Answers = { readonly [Step in 'MAIL FROM' | 'RCPT TO' | 'DATA']?: string };

export interface MailServer {
  readonly url: string;
  /** Every message that it took, headers and text as they came. */
  readonly messages: readonly string[];
  /** The envelope of each. */
  readonly recipients: readonly string[];
  answers: Answers;
  close(): Promise<void>;
}

/** A mail server of a few lines on a free port: enough of SMTP to take a message, or to refuse it at any step. */
export async function mailServer(): Promise<MailServer> {
  const messages: string[] = [];
  const recipients: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const say = (line: string) => socket.write(`${line}\r\n`);
    let waiting = '';
    let inMessage = false;
    let to = '';
    const take = (line: string) => {
      if (/^EHLO|^HELO/i.test(line)) return say('250 mail.example');
      if (/^MAIL FROM/i.test(line)) return say(running.answers['MAIL FROM'] ?? '250 ok');
      if (/^RCPT TO/i.test(line)) {
        to = line;
        return say(running.answers['RCPT TO'] ?? '250 ok');
      }
      if (/^DATA/i.test(line)) {
        inMessage = true;
        return say('354 go on');
      }
      if (/^QUIT/i.test(line)) return socket.end('221 bye\r\n');
      return say('250 ok');
    };
    const takeMessage = (end: number) => {
      const message = waiting.slice(0, end);
      waiting = waiting.slice(end + '\r\n.\r\n'.length);
      inMessage = false;
      const refused = running.answers.DATA;
      if (refused === undefined) {
        messages.push(message);
        recipients.push(to);
      }
      say(refused ?? `250 2.0.0 queued as ${messages.length}`);
    };
    socket.on('data', (bytes: Buffer) => {
      waiting += bytes.toString('utf8');
      for (;;) {
        const end = waiting.indexOf(inMessage ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        if (inMessage) takeMessage(end);
        else {
          const line = waiting.slice(0, end);
          waiting = waiting.slice(end + '\r\n'.length);
          take(line);
        }
      }
    });
    say('220 mail.example');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const running: MailServer = {
    url: `smtp://127.0.0.1:${(server.address() as { port: number }).port}`,
    messages,
    recipients,
    answers: {},
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
  return running;
}
