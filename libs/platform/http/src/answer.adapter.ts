import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyServerOptions } from 'fastify';
import { Answer } from './answer.ts';
import { withFiltersOfCursor, withNextFilters } from './next-page.ts';

/**
 * Turns what handlers return into replies: an Answer into status, headers and body, a matching `If-None-Match` into 304, a
 * page into one whose cursor carries the filters. Here and not in interceptors of Nest: those cost a chain of observables
 * and an asynchronous resource for every request, a tenth of what a command costs this process (docs/performance.md).
 */
export class AnswerAdapter extends FastifyAdapter {
  constructor(options: FastifyServerOptions = {}) {
    super(options);
    this.getInstance().addHook('preValidation', (request, _reply, done) => {
      request.query = withFiltersOfCursor(request.query as { readonly [name: string]: unknown });
      done();
    });
  }

  override reply(response: FastifyReply, body: unknown, statusCode?: number): FastifyReply {
    if (!(body instanceof Answer)) {
      const { query } = response.request;
      return this.send(response, withNextFilters(body, query as { readonly [name: string]: unknown }), statusCode);
    }
    for (const [name, header] of Object.entries(body.headers)) void response.header(name, header);
    const known = response.request.headers['if-none-match'];
    const etag = body.headers['etag'];
    if (known !== undefined && etag !== undefined && body.status === 200 && names(known, etag))
      return this.send(response, undefined, 304);
    return this.send(response, body.body, body.status);
  }

  private send(response: FastifyReply, body: unknown, statusCode: number | undefined): FastifyReply {
    return super.reply(response, body, statusCode);
  }
}

/** RFC 9110, 13.1.2: a list of tags or `*`, compared without regard to the weakness that proxies add. */
function names(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
