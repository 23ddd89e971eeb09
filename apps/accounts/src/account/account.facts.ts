import { accountAggregate, staffAggregate } from '@kontor/accounts-domain';
import type { BusinessDate } from '@kontor/kernel';
import type { ServiceRuntime } from '@kontor/service';
import { HOME_ENTITY, MAX_HIERARCHY_LEVELS } from '../accounts.config.ts';

/** Facts about other streams that the deciders take as inputs. */
export function today(runtime: ServiceRuntime): BusinessDate {
  return runtime.entities.today(HOME_ENTITY);
}

export function dated(
  runtime: ServiceRuntime,
  businessDate: BusinessDate | undefined,
): { readonly businessDate: BusinessDate; readonly today: BusinessDate } {
  const now = today(runtime);
  return { businessDate: businessDate ?? now, today: now };
}

export async function isStaff(runtime: ServiceRuntime, staffId: string | null): Promise<boolean> {
  return staffId !== null && (await runtime.runner.load(staffAggregate, staffId)).revision >= 0n;
}

export async function isRegistered(runtime: ServiceRuntime, accountId: string | null): Promise<boolean> {
  return accountId !== null && (await runtime.runner.load(accountAggregate, accountId)).revision >= 0n;
}

/** Accounts above an account, nearest first. */
export function accountsAbove(runtime: ServiceRuntime, accountId: string | null): Promise<readonly string[]> {
  return chain(accountId, async (id) => {
    const { state } = await runtime.runner.load(accountAggregate, id);
    return state?.profile.parentId ?? null;
  });
}

/** Present superiors of a staff member, nearest first. */
export function superiorsOf(runtime: ServiceRuntime, staffId: string | null): Promise<readonly string[]> {
  return chain(staffId, async (id) => {
    const { state } = await runtime.runner.load(staffAggregate, id);
    return state?.placings.at(-1)?.managerId ?? null;
  });
}

async function chain(start: string | null, above: (id: string) => Promise<string | null>): Promise<readonly string[]> {
  const found: string[] = [];
  let next = start === null ? null : await above(start);
  while (next !== null && !found.includes(next) && found.length < MAX_HIERARCHY_LEVELS) {
    found.push(next);
    next = await above(next);
  }
  return found;
}
