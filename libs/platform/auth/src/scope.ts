/**
 * Which accounts and deals an answer may show: all, or those owned by these staff members. Made in one place
 * (AccessControl) and taken by every query; rows, totals, explain links and cursors show only what it allows.
 */
export type Scope = { readonly kind: 'all' } | { readonly kind: 'owners'; readonly ownerIds: readonly string[] };

/** How an answer names the scope that it was made for: `all`, or `owners:<id>,<id>`. */
export function scopeLabel(scope: Scope): string {
  return scope.kind === 'all' ? 'all' : `owners:${[...scope.ownerIds].sort().join(',')}`;
}
