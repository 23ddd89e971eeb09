import { inTransaction } from '@kontor/feed';
import { RebuildRegistry } from '@kontor/projections';
import type { RunningService } from '../composition/running-service.ts';

/**
 * What administrators have left out for good stays left out: projections and processes read their history anew after a restore, and
 * would do what somebody had decided against. That they have is in the log, as everything that they do.
 */
export async function leaveOutAgain(service: RunningService): Promise<void> {
  await RebuildRegistry.migrate(service.pool);
  for (const { projection, registry } of service.projections)
    for await (const { eventId, actor, reason } of skippedBy(service, projection.name))
      await inTransaction(service.pool, 'begin', (client) =>
        registry.addSkip(client, projection.name, eventId, actor, reason),
      );
  for (const process of service.processes) {
    await process.prepare();
    for await (const { eventId, ...by } of skippedBy(service, process.manager.name))
      await process.leaveOut(eventId, by);
  }
}

async function* skippedBy({ store, serializer }: RunningService, subscription: string) {
  for await (const stored of store.readStream(`subscription-${subscription}`)) {
    const { type, data } = serializer.decode(stored);
    if (type !== 'EventSkipped') continue;
    const { details, reason } = data as { details: { eventId: string }; reason: string | null };
    yield { eventId: details.eventId, actor: stored.metadata.actor, reason: reason ?? '' };
  }
}
