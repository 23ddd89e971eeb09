import type { Action, Principal } from '@kontor/auth';
import { invalidField, Problem, requireAccount } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';
import { knownAccount, type KnownAccount } from './read-models/order-facts/order-facts.query.ts';

/** Today in the legal entity, or the date that was asked for; a business date never lies in the future. */
export function businessDateOf(runtime: ServiceRuntime, entityId: string, asked: string | undefined): string {
  const today = todayOf(runtime, entityId);
  if (asked !== undefined && asked > today) throw invalidField('businessDate', `must not be after today, ${today}`);
  return asked ?? today;
}

export function todayOf(runtime: ServiceRuntime, entityId: string): string {
  if (runtime.entities.find(entityId) === undefined)
    throw invalidField('entityId', 'must be a legal entity of this firm');
  return runtime.entities.today(entityId);
}

/**
 * The account as this service knows it. One registered a moment ago may not have arrived yet: then the read models catch
 * up with their feeds before it is called unknown. Foreign accounts are refused before anything is said about them.
 */
export async function accountFor(
  runtime: ServiceRuntime,
  principal: Principal,
  action: Action,
  readAction: Action,
  accountId: string,
): Promise<KnownAccount> {
  let known = await knownAccount(runtime.pool, accountId);
  if (known === undefined) {
    await runtime.caughtUpToHead('order_facts');
    await runtime.caughtUpToHead('orders_access');
    known = await knownAccount(runtime.pool, accountId);
  }
  await requireAccount(runtime.access, { principal }, action, readAction, accountId);
  if (known === undefined)
    throw new Problem(422, 'AccountNotKnown', 'There is no such account.', {
      facts: { accountId },
      errors: [{ field: 'accountId', reason: 'is no account that this service knows' }],
    });
  return known;
}

/** Waits for what the caller wrote elsewhere a moment ago, in every read model that a decision here rests on. */
export async function caughtUpFacts(runtime: ServiceRuntime, token: string | undefined): Promise<void> {
  if (token === undefined) return;
  await runtime.caughtUp('order_facts', token);
  await runtime.caughtUp('orders_access', token);
  await runtime.caughtUp('product_catalogue', token);
}

/** A document of an account that the caller may not see does not exist for the caller. */
export async function mayRead(
  runtime: ServiceRuntime,
  principal: Principal,
  action: Action,
  accountId: string,
): Promise<boolean> {
  if ((await runtime.access.account(principal, action, action, accountId)) === 'allowed') return true;
  await runtime.caughtUpToHead('orders_access');
  return (await runtime.access.account(principal, action, action, accountId)) === 'allowed';
}
