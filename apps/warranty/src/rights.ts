import type { Action, Principal } from '@kontor/auth';
import { notFound, Problem } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';

/** A thing of a foreign account is not there for a reader, and not to be touched by a writer who may see it. */
export async function requireOwn(
  runtime: ServiceRuntime,
  principal: Principal,
  action: Action,
  accountId: string,
  thing: { readonly what: string; readonly id: string },
): Promise<void> {
  const answer = await runtime.access.account(principal, action, 'warranty.read', accountId);
  if (answer === 'unseen') throw notFound(thing.what, thing.id);
  if (answer === 'forbidden')
    throw new Problem(403, 'NotYours', `You may see this ${thing.what}, but not act on it.`, {
      facts: { accountId, action },
    });
}
