import { Rule } from '@kontor/auth';
import { notFound, zConsistencyToken, zUuid, zWhole } from '@kontor/http';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StreamOf } from '../composition/other-services.ts';
import { EVENT_TRACE, tracedEvents } from './event-trace.projection.ts';
import { PlatformAccess } from './platform-access.ts';
import { shownStored, type StoredEventShown } from './stored-event.ts';

const StreamParam = z.object({
  service: z.string().regex(/^[a-z]{1,32}$/),
  stream: z.string().min(1).max(200),
});
const StreamQuery = z.strictObject({
  from: zWhole(0, Number.MAX_SAFE_INTEGER).default(0),
  limit: zWhole(1, 500).default(50),
});
const EventParam = z.object({ eventId: zUuid });
const EventQuery = z.strictObject({ consistentWith: zConsistencyToken.optional() });

@ApiTags('platform')
@Controller('v1')
export class StreamsController {
  constructor(private readonly access: PlatformAccess) {}

  @Get('streams/:service/:stream')
  @Rule('streams.read')
  @ApiOperation({
    summary: 'The events of one stream as they are stored, in order.',
    description: 'Personal fields are shown sealed.',
  })
  async stream(
    @Param({ schema: StreamParam }) { service, stream }: z.infer<typeof StreamParam>,
    @Query({ schema: StreamQuery }) { from, limit }: z.infer<typeof StreamQuery>,
  ) {
    const { store } = this.access.service(service);
    const events: StoredEventShown[] = [];
    for await (const event of store.readStream(stream, { from: BigInt(from), limit: limit + 1 }))
      events.push(shownStored(event));
    if (events.length === 0 && from === 0) throw notFound('stream', stream);
    return {
      service,
      stream,
      items: events.slice(0, limit),
      next: events.length > limit ? from + limit : null,
    };
  }

  @Get('events/:eventId')
  @Rule('streams.read')
  @ApiOperation({ summary: 'One event, what caused it, and what it caused, across services.' })
  async event(
    @Param({ schema: EventParam }) { eventId }: z.infer<typeof EventParam>,
    @Query({ schema: EventQuery }) { consistentWith }: z.infer<typeof EventQuery>,
    @Req() { headers }: FastifyRequest,
  ) {
    const insights = this.access.service('insights');
    await insights.caughtUp(EVENT_TRACE, consistentWith);
    const [event] = await tracedEvents(insights.pool, 'event_id', eventId);
    if (event === undefined) throw notFound('published event', eventId);
    const [causes, effects, sameCommand] = await Promise.all([
      event.causationId === null ? [] : tracedEvents(insights.pool, 'event_id', event.causationId),
      tracedEvents(insights.pool, 'causation_id', eventId),
      tracedEvents(insights.pool, 'command_id', event.commandId),
    ]);
    const stored = await this.stored(event, event.revision, headers.authorization ?? '');
    return {
      event: { ...event, stored },
      causes,
      effects,
      sameCommand: sameCommand.filter((other) => other.eventId !== eventId),
    };
  }

  /** A service asks for its own stream here, for another's in the process that has it. */
  private async stored(of: StreamOf, revision: string, authorization: string): Promise<StoredEventShown | null> {
    const { services, others } = this.access.platform;
    const here = services.find(({ name }) => name === of.service);
    if (here === undefined) return (await others?.storedEvent(of, revision, authorization)) ?? null;
    for await (const found of here.store.readStream(of.stream, { from: BigInt(revision), limit: 1 }))
      return shownStored(found);
    return null;
  }
}
