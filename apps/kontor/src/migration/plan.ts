import type pg from 'pg';
import type { EventStoreServer } from '../composition/event-stores.ts';
import { StartFault } from '../start-fault.ts';
import { sourceLog } from './open-logs.ts';
import { installedLog, nameOf, type StoreKind } from './store-registry.ts';

export interface Planned {
  readonly service: string;
  readonly oldLog: string;
  /** Where the old log ends. */
  readonly head: bigint;
  /** Null where positions do not count events. */
  readonly events: bigint | null;
}

export interface PlanOptions {
  readonly server: EventStoreServer;
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly services: readonly string[];
}

/** What there is to move. Throws StartFault when the logs do not lie where they are to be moved from. */
export async function planned({ server, from, to, services }: PlanOptions, pool: pg.Pool): Promise<readonly Planned[]> {
  const plan: Planned[] = [];
  for (const service of services) {
    const installed = await installedLog(pool, service);
    if (installed === null) continue;
    if (installed.store === to)
      throw new StartFault(`The logs lie in ${nameOf(to)} already, since ${installed.since}.`);
    const source = sourceLog({ pool, server }, service, from);
    try {
      const { logId, position } = await source.head();
      if (logId !== installed.logId)
        throw new StartFault(
          `The log of ${service} in ${nameOf(from)} is ${logId}; this installation writes to ${installed.logId}.`,
        );
      plan.push({ service, oldLog: logId, head: position, events: from === 'postgres' ? position : null });
    } finally {
      await source.close();
    }
  }
  if (plan.length === 0) throw new StartFault('There are no logs in this database: nothing is to be moved.');
  return plan;
}
