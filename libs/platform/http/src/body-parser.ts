import type { FastifyInstance } from 'fastify';
import { hasBadCharacter } from './fields.ts';
import { Problem } from './problem.ts';

/**
 * JSON bodies, strictly: `__proto__` is an error, NUL characters and lone surrogates are refused with the field's path.
 * Both can only come as an escape or as a raw byte that JSON forbids, so the walk is made only when an escape is there.
 * Bytes that are not UTF-8 are refused: read as replacement characters they would be recorded as if somebody had meant them.
 */
export function useStrictJson(fastify: FastifyInstance, maxBodyBytes: number): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  // JSON alone: a text would be taken for a body, and refused for not being an object.
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: maxBodyBytes },
    (request, body, done) => {
      const text = utf8(body as Buffer);
      if (text === undefined) {
        done(new Problem(400, 'MalformedJson', 'The body is not UTF-8.'));
        return;
      }
      if (text.trim() === '') {
        done(null, undefined);
        return;
      }
      void parse.call(fastify, request, text, (error, value) => {
        if (error !== null) {
          done(new Problem(400, 'MalformedJson', 'The body is not valid JSON, or uses a forbidden key (__proto__).'));
          return;
        }
        const bad = text.includes('\\u') ? badCharacterPath(value) : undefined;
        if (bad === undefined) done(null, value);
        else done(badCharacter(bad));
      });
    },
  );
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
    if (encoding === '' || encoding === 'identity') done(null, payload);
    else done(new Problem(415, 'UnsupportedMediaType', 'Send the body as it is, without Content-Encoding.'));
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    const fault = badlyEncoded(request.url);
    if (fault !== undefined) {
      done(fault);
      return;
    }
    const bad = badCharacterPath(request.query) ?? badCharacterPath(request.params);
    if (bad === undefined) done();
    else done(badCharacter(bad));
  });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Fastify reads what is not percent-encoded UTF-8 as if it were meant so (`%` as itself, `%ff` as a replacement character):
 * a filter would look for something else than was asked.
 */
function badlyEncoded(url: string): Problem | undefined {
  const at = url.indexOf('?');
  if (at === -1 || !url.includes('%', at)) return undefined;
  const pair = url
    .slice(at + 1)
    .split('&')
    .find((one) => !isEncoded(one));
  if (pair === undefined) return undefined;
  const name = pair.split('=', 1)[0] as string;
  const [field, reason] = [isEncoded(name) ? decodeURIComponent(name) : '', 'must be percent-encoded UTF-8'];
  return new Problem(400, 'MalformedRequest', `${field === '' ? 'the query' : `${field}:`} ${reason}`, {
    errors: [{ field, reason }],
  });
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function badCharacter(field: string): Problem {
  const reason = 'must not contain NUL or half characters';
  return new Problem(422, 'InvalidRequest', `${field}: ${reason}`, { errors: [{ field, reason }] });
}

/** Path of the first string (key or value) with a NUL character or a lone surrogate. */
function badCharacterPath(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') return hasBadCharacter(value) ? path : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (hasBadCharacter(key)) return path === '' ? 'a field name' : path;
    const bad = badCharacterPath(inner, at);
    if (bad !== undefined) return bad;
  }
  return undefined;
}
