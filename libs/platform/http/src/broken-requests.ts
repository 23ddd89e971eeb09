import type { Socket } from 'node:net';
import { Problem } from './problem.ts';

/** What Node's parser gives up before there is a request: no hook, no handler and no filter of the application sees it. */
const BROKEN: { readonly [code: string]: readonly [status: number, name: string, code: string, detail: string] } = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'RequestTimeout', 'The request did not come to its end in time.'],
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    'HeadersTooLarge',
    'The address and the headers are larger than 16 KiB together.',
  ],
  HPE_INVALID_METHOD: [
    400,
    'Bad Request',
    'MalformedRequest',
    'The request begins with a method that HTTP does not know.',
  ],
};
const OTHER = [400, 'Bad Request', 'MalformedRequest', 'This is no request of HTTP/1.1.'] as const;

/** Fastify's `clientErrorHandler`: these too are problem documents, written to the connection by hand, which then ends. */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, name, code, detail] = BROKEN[error.code ?? ''] ?? OTHER;
  // Nobody knows the address: the request was not read so far.
  const { instance: _instance, ...document } = new Problem(status, code, detail).document('');
  const body = JSON.stringify(document);
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${name}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  socket.destroy(error);
}
