import { pause } from '@kontor/feed';
import { type Act, RebuildRegistry } from '@kontor/projections';
import type { ServiceRuntime } from '@kontor/service';
import { topicSubscription } from '../composition/kafka-transport.ts';
import { subscriptionCodec } from './subscription.codec.ts';
import { subscriptionAggregate } from './subscription.decider.ts';
import type { SubscriptionEvent } from './subscription.events.ts';

/** A deed whose event could not be recorded at once (a crash, a store that was away) is found again by this look. */
const LOOK_MS = 5_000;

interface Subscriptions extends ServiceRuntime {
  readonly projections: readonly { readonly projection: { readonly name: string } }[];
  readonly processes: readonly { readonly manager: { readonly name: string } }[];
}

/**
 * Makes an event of everything that an administrator did with the subscriptions of a service. A deed is written down in its own
 * transaction first; its id is the id of the command, so that it becomes one event however often this is tried.
 */
export class DeedRecorder {
  private readonly stopping = new AbortController();
  private readonly registry: RebuildRegistry;
  private running: Promise<void> = Promise.resolve();
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly service: Subscriptions) {
    this.registry = new RebuildRegistry(service.pool);
  }

  async start(): Promise<void> {
    await RebuildRegistry.migrate(this.service.pool);
    this.running = this.look();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.turn;
  }

  /** One after the other; a deed that cannot be recorded now waits, the caller's work is done. */
  async record(): Promise<void> {
    this.turn = this.turn
      .then(() => this.recordAll())
      .catch((error: unknown) => {
        this.service.logger.error({ err: error }, 'what an administrator did could not be recorded yet');
      });
    return this.turn;
  }

  private async recordAll(): Promise<void> {
    const names = new Set([
      ...this.service.projections.map(({ projection }) => projection.name),
      ...this.service.processes.map(({ manager }) => manager.name),
      topicSubscription(this.service.name),
    ]);
    for (const act of await this.registry.unrecorded()) {
      if (!names.has(act.projection)) continue;
      await this.recordOne(act);
      await this.registry.recorded(act.id);
    }
  }

  private async recordOne({ id, projection, act, actor, reason, details, at }: Act): Promise<void> {
    if (!isKnown(act)) throw new TypeError(`${act} is not a deed that is recorded`);
    const deed: SubscriptionEvent = { type: act, data: { subscription: projection, reason, details } };
    await this.service.runner.execute(
      subscriptionAggregate,
      projection,
      { type: 'RecordDeed', deed },
      {
        commandId: id,
        requestHash: '',
        actor,
        origin: 'person',
        correlationId: id,
        occurredAt: at,
        ...(reason === null ? {} : { reason }),
      },
    );
  }

  private async look(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.record();
      await pause(LOOK_MS, signal);
    }
  }
}

function isKnown(act: string): act is SubscriptionEvent['type'] {
  return act in subscriptionCodec.events;
}
