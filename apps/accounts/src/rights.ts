import type { Action, Scope } from '@kontor/auth';
import { type HttpEnvelope, notFound, Problem } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';

/**
 * Rights on one thing by its present owner, from the folded stream and not from a read model: a client handed over a moment
 * ago is foreign at once. Things without owner are seen by those who see all.
 */
function ownedWithin(scope: Scope, ownerId: string | null): boolean {
  return scope.kind === 'all' || (ownerId !== null && scope.ownerIds.includes(ownerId));
}

/** A foreign thing is not there for a reader; a writer who may see it is told that it is not theirs. */
export async function requireOwned(
  runtime: ServiceRuntime,
  { principal }: Pick<HttpEnvelope, 'principal'>,
  actions: { readonly write: Action; readonly read: Action },
  what: string,
  id: string,
  ownerId: string | null,
): Promise<void> {
  if (ownedWithin(await runtime.access.scope(principal, actions.write), ownerId)) return;
  if (!ownedWithin(await runtime.access.scope(principal, actions.read), ownerId)) throw notFound(what, id);
  throw new Problem(403, 'NotYours', `You may see this ${what}, but not act on it.`, {
    facts: { id, action: actions.write },
  });
}
