import { Rule } from '@kontor/auth';
import { notFound, zConsistencyToken, zUuid } from '@kontor/http';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { EVENT_TRACE, MAX_TRACED, tracedEvents } from './event-trace.projection.ts';
import { PlatformAccess } from './platform-access.ts';
import { causeAndEffect } from './trace-graph.ts';

const TraceParam = z.object({ id: zUuid });
const TraceQuery = z.strictObject({ consistentWith: zConsistencyToken.optional() });

@ApiTags('platform')
@Controller('v1/platform/trace')
export class TraceController {
  constructor(private readonly access: PlatformAccess) {}

  @Get(':id')
  @Rule('streams.read')
  @ApiOperation({
    summary: 'The cause-and-effect graph of an event, a command or a correlation id, across services.',
    description:
      `Every published event of the same chain (at most ${MAX_TRACED}; truncated says so), in an order in which causes come first. ` +
      'causedBy is the event behind the command that an event answers; null for the first command of the chain.',
  })
  async trace(
    @Param({ schema: TraceParam }) { id }: z.infer<typeof TraceParam>,
    @Query({ schema: TraceQuery }) { consistentWith }: z.infer<typeof TraceQuery>,
  ) {
    const insights = this.access.service('insights');
    await insights.caughtUp(EVENT_TRACE, consistentWith);
    const found = [
      ...(await tracedEvents(insights.pool, 'event_id', id)),
      ...(await tracedEvents(insights.pool, 'command_id', id)),
    ];
    const correlationId = found[0]?.correlationId ?? id;
    const chain = await tracedEvents(insights.pool, 'correlation_id', correlationId);
    if (chain.length === 0) throw notFound('published event, command or chain', id);
    return {
      id,
      correlationId,
      truncated: chain.length === MAX_TRACED,
      nodes: causeAndEffect(chain),
    };
  }
}
