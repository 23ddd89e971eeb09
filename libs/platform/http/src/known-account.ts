import { accessProjectionName } from '@kontor/auth';
import type { ServiceRuntime } from '@kontor/service';
import { Problem } from './problem.ts';

/**
 * Refuses what names an account that nobody registered. One registered a moment ago may not have arrived in this service
 * yet: its ownership is folded to the head before the account is called unknown.
 */
export async function requireKnownAccount(runtime: ServiceRuntime, accountId: string): Promise<void> {
  if (await runtime.access.knows(accountId)) return;
  await runtime.caughtUpToHead(accessProjectionName(runtime.name));
  if (await runtime.access.knows(accountId)) return;
  throw new Problem(422, 'AccountNotKnown', 'There is no such account.', {
    facts: { accountId },
    errors: [{ field: 'accountId', reason: 'is no registered account' }],
  });
}
