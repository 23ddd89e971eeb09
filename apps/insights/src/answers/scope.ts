import type { Scope } from '@kontor/auth';
import type { Statement } from './snapshot.ts';

/**
 * The condition that keeps a row within the scope. Ownership is today's, whatever moment is asked for: a right that
 * ended shows no past either, and the new owner of a client sees the client's whole history.
 */
export function withinScope(statement: Statement, scope: Scope, owner: string): string {
  return scope.kind === 'all' ? 'true' : `${owner} = any(${statement.$([...scope.ownerIds], 'uuid[]')})`;
}

/** The same for rows that belong to an account. */
export function accountWithinScope(statement: Statement, scope: Scope, accountId: string): string {
  if (scope.kind === 'all') return 'true';
  const owners = statement.$([...scope.ownerIds], 'uuid[]');
  return `${accountId} in (select account_id from insights.account_owners where owner_id = any(${owners}))`;
}
