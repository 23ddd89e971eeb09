import { withoutEffects, type KeyVault } from '@kontor/event-store';
import { errorText, inTransaction, isDataFault } from '@kontor/feed';
import type { CloudEvent } from '@kontor/kernel';
import { BatchFold } from './batch-fold.ts';
import { RowRejected } from './errors.ts';
import { type FoldParts, writeFold } from './service-fold.ts';
import { unsealNow } from './unseal.ts';

/** How many events behind a parked stream could be applied, and what stopped the next one. */
export interface RetriedStream {
  readonly applied: number;
  readonly error: string | null;
}

/** Applies what lies behind a parked stream, in order. It stays parked from the first event that fails again. */
export async function retryParked(
  parts: FoldParts,
  vault: KeyVault | undefined,
  service: string,
  stream: string,
): Promise<RetriedStream> {
  const { pool, consumer, checkpoints, parkedStreams, writers, projection } = parts;
  const personal = projection.personal === undefined ? undefined : vault;
  return inTransaction(pool, 'begin', async (client) => {
    // Holds up the running fold, which finds another epoch afterwards and reads the list of parked streams again.
    await checkpoints.lock(client, service);
    let applied = 0;
    let failed: { readonly event: CloudEvent; readonly error: unknown } | undefined;
    for (const event of await parkedStreams.letters(client, service, stream)) {
      const fold = new BatchFold(projection, () => false);
      const [seen] = personal === undefined ? [event] : await unsealNow(personal, [event]);
      withoutEffects(consumer, () => fold.plan(event, seen));
      await client.query('savepoint one_event');
      try {
        await writeFold(client, fold, consumer, writers, true);
      } catch (error) {
        if (!isDataFault(error) && !(error instanceof RowRejected)) throw error;
        await client.query('rollback to savepoint one_event');
        fold.fail(event, error);
      }
      failed = fold.parked[0];
      if (failed !== undefined) break;
      applied += 1;
    }
    await parkedStreams.release(client, service, stream, failed);
    await checkpoints.newEpoch(client, service);
    return { applied, error: failed === undefined ? null : errorText(failed.error) };
  });
}
