import { Rule } from '@kontor/auth';
import { Answer, Envelope, HttpEnvelope, Problem, zText, zUuid, zWhole } from '@kontor/http';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import {
  type Outcome,
  type Parked,
  parkedBy,
  type ParkingSubscription,
  subscriptionsOf,
} from './parked-subscriptions.ts';
import { PlatformAccess } from './platform-access.ts';
import { refusing } from './subscription-problems.ts';

const SubscriptionParam = z.object({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,248}$/, 'must be a projection, a process or a topic'),
});
const zLane = zText(300).describe(
  'The stream of a projection; the lane (key:… or stream:…) of a process; partition:offset of a topic.',
);
const ShowQuery = z.strictObject({
  lane: zLane,
  limit: zWhole(1, 500).default(50),
});
const RetryRequest = z
  .strictObject({ lane: zLane.optional().describe('Absent: everything that this subscription has parked.') })
  .meta({ id: 'RetryParkedRequest' });
const SkipRequest = z
  .strictObject({
    eventId: zUuid.describe('The event that failed: the first dead letter of its lane.'),
    reason: zText(500).describe('Kept for ever with the event of the skip.'),
  })
  .meta({ id: 'SkipEventRequest' });

@ApiTags('platform')
@Controller('v1/platform/parked')
export class ParkedController {
  constructor(private readonly access: PlatformAccess) {}

  @Get()
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Streams and instances that wait since an event could not be handled, and records that could not be read.',
  })
  async list() {
    const { services, topics } = this.access.platform;
    const subscriptions = services.flatMap((service) => subscriptionsOf(service, topics));
    const parked: (readonly Parked[])[] = [];
    for (const subscription of subscriptions) parked.push(await subscription.list());
    return { items: parked.flat() };
  }

  @Get(':name')
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'The dead letters of one lane, in order.',
    description: 'Each with its error (null: it waits behind one that failed) and the event, personal fields sealed.',
  })
  async show(
    @Param({ schema: SubscriptionParam }) { name }: z.infer<typeof SubscriptionParam>,
    @Query({ schema: ShowQuery }) { lane, limit }: z.infer<typeof ShowQuery>,
  ) {
    return { items: await refusing(() => parkedBy(this.access, name).letters(lane, limit)) };
  }

  @Post(':name/retry')
  @HttpCode(200)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Handle what waits again, in order; a lane stays parked from the first event that fails again.',
  })
  async retry(
    @Param({ schema: SubscriptionParam }) { name }: z.infer<typeof SubscriptionParam>,
    @Body({ schema: RetryRequest }) body: z.infer<typeof RetryRequest>,
    @Envelope() { actor }: HttpEnvelope,
  ) {
    const subscription = parkedBy(this.access, name);
    const { lane } = body;
    const items =
      lane === undefined
        ? await retryAll(subscription, actor)
        : [await refusing(() => subscription.retry(lane, actor))];
    await subscription.service.deeds.record();
    return new Answer({ items }, 200);
  }

  @Post(':name/skip')
  @HttpCode(200)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Leave out the event that failed, for good and in every rebuild, and handle what waits behind it.',
  })
  async skip(
    @Param({ schema: SubscriptionParam }) { name }: z.infer<typeof SubscriptionParam>,
    @Body({ schema: SkipRequest }) { eventId, reason }: z.infer<typeof SkipRequest>,
    @Envelope() { actor }: HttpEnvelope,
  ) {
    const subscription = parkedBy(this.access, name);
    const skipped = await refusing(() => subscription.skip(eventId, { actor, reason }));
    await subscription.service.deeds.record();
    return new Answer(skipped, 200);
  }
}

/** In the order of the list. What was dealt with since the list was made is passed over. */
async function retryAll(subscription: ParkingSubscription, actor: string): Promise<readonly Outcome[]> {
  const items: Outcome[] = [];
  for (const { lane } of await subscription.list())
    try {
      items.push(await refusing(() => subscription.retry(lane, actor)));
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
    }
  return items;
}
