import { Rule } from '@kontor/auth';
import { NoSuchTopicReplay, type TopicReplay } from '@kontor/feed/kafka';
import { Answer, Envelope, HttpEnvelope, Problem, zText, zUuid } from '@kontor/http';
import { RebuildRegistry } from '@kontor/projections';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { replayDeed, type Topics } from '../composition/kafka-transport.ts';
import { PlatformAccess } from './platform-access.ts';
import { refusing } from './subscription-problems.ts';

const zService = z.string().regex(/^[a-z]{1,32}$/, 'must be the name of a service');
const ServiceParam = z.object({ service: zService });
const ReplayParam = z.object({ service: zService, id: zUuid });
const zPosition = z
  .string()
  .regex(/^\d{1,18}$/, 'must be a position: a decimal number of at most 18 digits')
  .transform(BigInt);

const TopicReplayRequest = z
  .strictObject({
    topic: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,200}$/, 'must be the name of a topic: letters, digits, dots, dashes')
      .describe('Where to: a topic of its own, which is made. Never the live topic of a service.'),
    from: zPosition.optional().describe('First position; the beginning of the log when absent.'),
    to: zPosition.optional().describe('Last position; the present head when absent.'),
    group: zText(200).optional().describe('The consumer group for whose sake it is made; stands in every record.'),
    intoExisting: z.boolean().default(false).describe('Write behind what the topic holds already.'),
    reason: zText(500).optional(),
    dryRun: z.boolean().default(false).describe('Say what would be brought where, and bring nothing.'),
  })
  .meta({ id: 'TopicReplayRequest' });
type TopicReplayBody = z.infer<typeof TopicReplayRequest>;

@ApiTags('platform')
@Controller('v1/platform/topics/:service/replays')
export class TopicsController {
  private readonly registry: RebuildRegistry;

  constructor(private readonly access: PlatformAccess) {
    this.registry = new RebuildRegistry(access.platform.pool);
  }

  @Get()
  @Rule('platform.administer')
  @ApiOperation({ summary: 'Replays of the history of a service to topics of their own, newest first.' })
  async list(@Param({ schema: ServiceParam }) { service }: z.infer<typeof ServiceParam>) {
    const { name, topics } = this.found(service);
    return { items: (await topics.replays.list()).filter((replay) => replay.service === name).map(shown) };
  }

  @Post()
  @HttpCode(202)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Bring the history of a service, or a stretch of it, to a topic for one consumer group’s sake.',
    description:
      'Answers at once. The records are those of the live topic, each with the headers ce_replayid and ce_replaygroup, and a ' +
      'watermark behind them in each partition. 409 LiveTopic, TopicNotEmpty, PositionNotYetReached, TopicReplayUnderWay.',
  })
  async start(
    @Param({ schema: ServiceParam }) { service: name }: z.infer<typeof ServiceParam>,
    @Body({ schema: TopicReplayRequest }) body: TopicReplayBody,
    @Envelope() { actor }: HttpEnvelope,
  ) {
    const { service, topics } = this.found(name);
    const { topic, from = 1n, to, group = null, intoExisting, reason = null } = body;
    if (from === 0n || (to !== undefined && to < from))
      throw new Problem(422, 'InvalidRequest', 'The stretch begins at 1 or later, and ends where it begins or later.', {
        errors: [{ field: from === 0n ? 'from' : 'to', reason: 'no stretch of positions' }],
      });
    const request = { service: service.name, topic, group, from, to, intoExisting };
    if (body.dryRun) {
      const plan = await refusing(() => topics.replays.plan(request));
      const events = plan.to - plan.from + 1n;
      return new Answer(
        {
          ...{ dryRun: true, service: service.name, topic, topicExists: plan.exists, logId: plan.logId },
          ...{ from: plan.from.toString(), to: plan.to.toString(), positions: events.toString() },
        },
        200,
      );
    }
    const begun = await refusing(() =>
      topics.replays.begin(request, { actor, reason }, (client, replay) =>
        this.registry.tell(client, replayDeed('TopicReplayStarted', actor, reason, replay)),
      ),
    );
    await service.deeds.record();
    return new Answer(shown(begun), 202);
  }

  @Get(':id')
  @Rule('platform.administer')
  @ApiOperation({ summary: 'One replay to a topic: state, events brought, rate, time left.' })
  async status(@Param({ schema: ReplayParam }) { service, id }: z.infer<typeof ReplayParam>) {
    return shown(await this.replayOf(service, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Rule('platform.administer')
  @ApiOperation({ summary: 'End a replay to a topic where it is; what was brought stays there.' })
  async cancel(
    @Param({ schema: ReplayParam }) { service: name, id }: z.infer<typeof ReplayParam>,
    @Envelope() { actor }: HttpEnvelope,
  ) {
    const { service, topics } = this.found(name);
    // What is done with it is written down with its own service.
    await this.replayOf(name, id);
    const cancelled = await refusing(() =>
      topics.replays.cancel(id, (client, replay) =>
        this.registry.tell(client, replayDeed('TopicReplayCancelled', actor, null, replay)),
      ),
    );
    await service.deeds.record();
    return new Answer(shown(cancelled), 200);
  }

  private async replayOf(service: string, id: string): Promise<TopicReplay> {
    const { name, topics } = this.found(service);
    const replay = await refusing(() => topics.replays.status(id));
    if (replay.service === name) return replay;
    return refusing(() => Promise.reject(new NoSuchTopicReplay(id, null)));
  }

  private found(name: string): {
    readonly name: string;
    readonly service: ReturnType<PlatformAccess['service']>;
    readonly topics: Topics;
  } {
    const service = this.access.service(name);
    const { topics } = this.access.platform;
    if (topics === undefined)
      throw new Problem(
        409,
        'NoTopics',
        'Services hear each other from their logs here: there is no Kafka. KONTOR_FEED=kafka and KAFKA_BROKERS bring it.',
      );
    return { name, service, topics };
  }
}

function shown({ from, to, position, previous: _previous, ...replay }: TopicReplay) {
  const ended = replay.endedAt === null ? Date.now() : Date.parse(replay.endedAt);
  const seconds = Math.max(0.001, (ended - Date.parse(replay.startedAt)) / 1_000);
  const passed = Number(position - from + 1n);
  const rate = passed / seconds;
  return {
    ...replay,
    ...{ from: from.toString(), to: to.toString(), position: position.toString() },
    eventsPerSecond: Math.round(replay.events / seconds),
    secondsLeft: replay.state !== 'running' || rate <= 0 ? null : Math.ceil(Number(to - position) / rate),
  };
}
