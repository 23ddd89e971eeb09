import { type Principal, Rule } from '@kontor/auth';
import { PositionNotYetReached } from '@kontor/feed';
import { Answer, Caller, Problem } from '@kontor/http';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { keyOf } from './consumers.ts';
import { PlatformAccess } from './platform-access.ts';
import { platformStatus } from './platform-status.ts';
import { projectionName } from './projection-names.ts';
import { refusing } from './subscription-problems.ts';

export const zConsumer = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be a name of letters, digits, dots, dashes');
const OWN_GROUPS = 'kontor';

const RegisterConsumerRequest = z
  .strictObject({
    consumer: zConsumer.describe('Kept for the subject of the token that uses it first.'),
    service: z
      .string()
      .regex(/^[a-z]{1,32}$/, 'must be the name of a service')
      .describe('Whose events it reads.'),
    group: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,249}$/, 'must be the name of a consumer group: letters, digits, dots, dashes')
      .optional()
      .describe('The consumer group under which it reads topics; kept for the subject too.'),
    handled: z
      .string()
      .regex(/^\d{1,18}$/, 'must be a position: a decimal number of at most 18 digits')
      .transform(BigInt)
      .default(0n)
      .describe('Everything at or below it has been handled.'),
  })
  .meta({ id: 'RegisterConsumerRequest' });

@ApiTags('platform')
@Controller('v1/platform/consumers')
export class ConsumersController {
  constructor(private readonly access: PlatformAccess) {}

  @Get()
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Who reads what, since when and how far: own subscriptions and readers of the history.',
    description:
      'Readers register themselves with ?consumer= on /v1/history/{service}, readers of topics here by POST; what they have handled ' +
      'is the position after which they last asked, or what they said; `sent` is how far one that follows has been given events. ' +
      'Own projections read since their tables were begun, everything else since it was first started here.',
  })
  async list() {
    const { services } = await platformStatus(this.access);
    const heads = new Map(services.map(({ name, head }) => [name, BigInt(head)]));
    const live = await this.liveSince();
    const lines = services.flatMap(({ subscriptions }) => subscriptions);
    const started = await this.access.consumers.since(lines);
    const own = lines.map((line) => {
      const { service, kind, name, reads, position, lagEvents, state } = line;
      const since = (kind === 'projection' ? live.get(name) : undefined) ?? started.get(keyOf(line)) ?? null;
      return {
        ...{ consumer: name, kind, group: null, owner: service, reads, since, seenAt: null },
        ...{ handled: position, sent: null, lagEvents, state },
      };
    });
    // Readers of a service's history are listed by the process that serves it.
    const known = (await this.access.consumers.list()).filter(({ service }) => heads.has(service));
    const readers = known.map(({ consumer, group, owner, service, open, sent, ...row }) => {
      // One that follows says no more: what it has been given tells how far it is.
      const lag = (heads.get(service) ?? 0n) - BigInt(sent ?? row.handled);
      return {
        ...{ consumer, kind: 'reader', group, owner, reads: service, since: row.since, seenAt: row.seenAt },
        ...{ handled: row.handled, sent, lagEvents: (lag > 0n ? lag : 0n).toString() },
        // Who reads a topic is not connected here: it is seen by what it says.
        state: open > 0 ? 'reading' : group === null ? 'away' : 'by-itself',
      };
    });
    return { items: [...own, ...readers] };
  }

  @Post()
  @HttpCode(200)
  @Rule('history.read')
  @ApiOperation({
    summary: 'A consumer of topics says who it is, and how far it has come.',
    description:
      'To be repeated as often as it likes: an administrator sees who reads what, since when and how far. 409 ConsumerNameTaken and ' +
      'ConsumerGroupTaken when the name or the group belongs to another subject.',
  })
  async register(
    @Body({ schema: RegisterConsumerRequest }) body: z.infer<typeof RegisterConsumerRequest>,
    @Caller() { subject }: Principal,
  ) {
    const { consumer, service, group, handled } = body;
    const { platform } = this.access;
    if (!platform.serviceNames.includes(service)) this.access.service(service);
    const own = platform.topics?.topicOf('x').slice(0, -'.x'.length) ?? OWN_GROUPS;
    if (group?.startsWith(`${own}.`) === true)
      throw new Problem(
        409,
        'ConsumerGroupTaken',
        `Consumer groups whose names begin with ${own}. are the platform’s own.`,
        {
          errors: [{ field: 'group', reason: 'the platform’s own' }],
        },
      );
    // By the feed: the log may be that of another process.
    const head = await platform.services[0]?.feed.head(service);
    if (head !== undefined && handled > head.position)
      await refusing(() => Promise.reject(new PositionNotYetReached(service, handled, head.position)));
    await this.access.consumers.register({ consumer, owner: subject, service, handled, group: group ?? null });
    return new Answer({ consumer, service, group: group ?? null, owner: subject, handled: handled.toString() }, 200);
  }

  /** A projection's tables are live since their copy was begun. */
  private async liveSince(): Promise<ReadonlyMap<string, string>> {
    const since = new Map<string, string>();
    for (const { projections } of this.access.platform.services)
      for (const live of projections) {
        const copies = await live.registry.copies(live.projection.name);
        const row = copies.find(({ state }) => state === 'live');
        if (row !== undefined) since.set(projectionName(row.projection), row.startedAt);
      }
    return since;
  }
}
