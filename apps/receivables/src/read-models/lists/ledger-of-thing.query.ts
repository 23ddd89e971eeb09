import type { ServiceRuntime } from '@kontor/service';
import { receivablesLists } from './lists.projection.ts';

const KEYS = { payments: 'payment_id', disputes: 'dispute_id', promises: 'promise_id' } as const;

/** The ledger of a payment, dispute or promise by its id: waits for what is recorded to be listed before it says that there is none. */
export async function ledgerOfThing(
  runtime: ServiceRuntime,
  table: keyof typeof KEYS,
  id: string,
): Promise<{ readonly ledgerId: string; readonly accountId: string } | undefined> {
  const find = async () =>
    (
      await runtime.pool.query<{ ledgerId: string; accountId: string }>(
        `select ledger_id as "ledgerId", account_id as "accountId" from receivables.${table} where ${KEYS[table]} = $1`,
        [id],
      )
    ).rows[0];
  const found = await find();
  if (found !== undefined) return found;
  await runtime.caughtUpToHead(receivablesLists.name);
  return find();
}
