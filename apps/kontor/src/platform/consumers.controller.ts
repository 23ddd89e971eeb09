import { Rule } from '@kontor/auth';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAccess } from './platform-access.ts';
import { platformStatus } from './platform-status.ts';

@ApiTags('platform')
@Controller('v1/platform/consumers')
export class ConsumersController {
  constructor(private readonly access: PlatformAccess) {}

  @Get()
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Who reads what, since when and how far: own subscriptions and readers of the history.',
    description:
      'Readers register themselves with ?consumer= on /v1/history/{service}; what they have handled is the position after which ' +
      'they last asked.',
  })
  async list() {
    const { services } = await platformStatus(this.access);
    const heads = new Map(services.map(({ name, head }) => [name, BigInt(head)]));
    const since = await this.liveSince();
    const own = services.flatMap(({ subscriptions }) =>
      subscriptions.map(({ service, kind, name, reads, position, lagEvents, state }) => ({
        ...{ consumer: name, kind, owner: service, reads, since: since.get(name) ?? null, seenAt: null },
        ...{ handled: position, lagEvents, state },
      })),
    );
    // Readers of a service's history are listed by the process that serves it.
    const known = (await this.access.consumers.list()).filter(({ service }) => heads.has(service));
    const readers = known.map(({ consumer, owner, service, open, ...row }) => {
      const lag = (heads.get(service) ?? 0n) - BigInt(row.handled);
      return {
        ...{ consumer, kind: 'reader', owner, reads: service, since: row.since, seenAt: row.seenAt },
        ...{ handled: row.handled, lagEvents: (lag > 0n ? lag : 0n).toString(), state: open > 0 ? 'reading' : 'away' },
      };
    });
    return { items: [...own, ...readers] };
  }

  /** A projection's tables are live since their copy was begun; a process has no such date. */
  private async liveSince(): Promise<ReadonlyMap<string, string>> {
    const since = new Map<string, string>();
    for (const { projections } of this.access.platform.services)
      for (const live of projections) {
        const copies = await live.registry.copies(live.projection.name);
        const row = copies.find(({ state }) => state === 'live');
        if (row !== undefined) since.set(row.projection, row.startedAt);
      }
    return since;
  }
}
