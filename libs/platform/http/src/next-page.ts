import { filtersIn, filtersOf, withFilters } from './paging.ts';

interface Query {
  readonly [name: string]: unknown;
}

/**
 * A cursor carries the filters of its list, so that `?cursor=` alone asks for the next page of the same question. It is done
 * once, around every list: here before the query is validated, and in `withNextFilters` after the page is made. Filters that
 * are said beside a cursor stand, and are refused by the list when they are others.
 */
export function withFiltersOfCursor(query: Query): Query {
  const { cursor } = query;
  return typeof cursor === 'string' ? { ...filtersOf(cursor), ...query } : query;
}

/** The page with the filters of its query in its cursor; anything else as it is. */
export function withNextFilters(value: unknown, query: Query): unknown {
  return isPage(value) ? { ...value, next: withFilters(value.next, filtersIn(query)) } : value;
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
