import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { filtersIn, filtersOf, withFilters } from './paging.ts';

/**
 * A cursor carries the filters of its list, so that `?cursor=` alone asks for the next page of the same question. It is done
 * here once, around every list: before the query is validated, and after the page is made. Filters that are said beside a
 * cursor stand, and are refused by the list when they are others.
 */
@Injectable()
export class PageInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const query = request.query as { readonly [name: string]: unknown };
    const { cursor } = query;
    const asked = typeof cursor === 'string' ? { ...filtersOf(cursor), ...query } : query;
    request.query = asked;
    return next
      .handle()
      .pipe(
        map((value: unknown) =>
          isPage(value) ? { ...value, next: withFilters(value.next, filtersIn(asked)) } : value,
        ),
      );
  }
}

function isPage(value: unknown): value is { readonly items: readonly unknown[]; readonly next: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'items' in value &&
    Array.isArray(value.items) &&
    'next' in value &&
    typeof value.next === 'string'
  );
}
