import type { OwnIssuer } from '@kontor/auth';
import type { Platform } from '../composition/platform.ts';
import type { RunningService } from '../composition/running-service.ts';
import { Problem } from '@kontor/http';
import { Consumers } from './consumers.ts';

/** What the platform's own controllers need: the running services, and whether they are being stopped. */
export class PlatformAccess {
  stopping = false;
  readonly consumers: Consumers;

  constructor(
    readonly platform: Platform,
    /** The issuer of the embedded platform; with an external one nobody mints here. */
    readonly issuer: OwnIssuer | null,
    readonly version: string,
  ) {
    this.consumers = new Consumers(platform.pool);
  }

  service(name: string): RunningService {
    const found = this.platform.services.find((service) => service.name === name);
    if (found === undefined)
      throw new Problem(404, 'NoSuchService', `There is no service ${name}.`, {
        facts: { service: name, services: this.platform.serviceNames },
      });
    return found;
  }
}
