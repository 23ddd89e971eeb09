import type { AccessControl } from '@kontor/auth';
import type { EventSerializer, EventStore, KeyVault } from '@kontor/event-store';
import type { Feed } from '@kontor/feed';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { CommandRunner } from './command-runner.ts';
import type { LegalEntities } from './legal-entities.ts';

/** What a service's controllers, tasks and processes work with; made by the composition, one per service. */
export abstract class ServiceRuntime {
  abstract readonly name: string;
  abstract readonly store: EventStore;
  abstract readonly serializer: EventSerializer;
  abstract readonly runner: CommandRunner;
  /** Read models: schemas `<projection>_v<n>`, stable views in the schema named after the service. */
  abstract readonly pool: pg.Pool;
  abstract readonly vault: KeyVault;
  abstract readonly feed: Feed;
  abstract readonly clock: Clock;
  abstract readonly entities: LegalEntities;
  abstract readonly access: AccessControl;
  abstract readonly logger: Logger;

  /**
   * Waits until a projection of this service has passed every position of a consistency token (`orders:18842,accounts:7`).
   * Throws ProjectionBehind after 5 s. Without a token it returns at once.
   */
  abstract caughtUp(projection: string, token: string | undefined): Promise<void>;
  /** Waits until a projection has reached the heads that its feeds have now. */
  abstract caughtUpToHead(projection: string): Promise<void>;
  /** Position per service that a projection rests on, as decimal strings: what an answer names as `positions`. */
  abstract positions(projection: string): Promise<{ readonly [service: string]: string }>;
}
