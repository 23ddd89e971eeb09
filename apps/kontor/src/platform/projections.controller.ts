import { Rule } from '@kontor/auth';
import { Answer, Envelope, HttpEnvelope, Problem, zText } from '@kontor/http';
import { replayStreams, type Verification, verify } from '@kontor/projections';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { PlatformAccess } from './platform-access.ts';
import { projectionName } from './projection-names.ts';
import { ProjectionParam } from './rebuilds.controller.ts';
import { findProjection, refusing } from './subscription-problems.ts';

const ReplayRequest = z
  .strictObject({
    stream: zText(200).optional().describe('One stream, such as ledger-….'),
    accountId: z.uuid().optional().describe('Every stream with an event about this account.'),
    reason: zText(500).optional(),
    dryRun: z.boolean().default(false).describe('Say how many rows would change, and change none.'),
  })
  .meta({ id: 'ReplayRequest' });

const RefoldRequest = z
  .strictObject({ reason: zText(500).optional() })
  .meta({ id: 'RefoldRequest' })
  .nullish();

@ApiTags('platform')
@Controller('v1/platform')
export class ProjectionsController {
  constructor(private readonly access: PlatformAccess) {}

  @Post('projections/:name/rebuild')
  @HttpCode(202)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Drop the rows of a projection and fold it from the first event, in place.',
    description:
      'Answers as soon as the tables are empty and the fold has begun; queries are incomplete until it has caught up. ' +
      '/v1/platform/rebuilds does the same beside the live one.',
  })
  async refold(
    @Param({ schema: ProjectionParam }) { name }: z.infer<typeof ProjectionParam>,
    @Body({ schema: RefoldRequest }) body: z.infer<typeof RefoldRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { rebuild, service } = findProjection(this.access, name);
    await refusing(() => rebuild.inPlace({ actor: envelope.actor, reason: body?.reason ?? null }));
    await service.deeds.record();
    return new Answer({ projection: projectionName(name), state: 'folding' }, 202);
  }

  @Post('projections/:name/replay')
  @HttpCode(200)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Fold one stream, or all streams of one account, again into the live tables.',
    description:
      'Only the rows that these streams drive are taken away and written anew, in one transaction; nobody else’s are touched. ' +
      '409 RowsOfSeveralStreams when another stream drives one of them too.',
  })
  async replay(
    @Param({ schema: ProjectionParam }) { name }: z.infer<typeof ProjectionParam>,
    @Body({ schema: ReplayRequest }) body: z.infer<typeof ReplayRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { stream, accountId, dryRun } = body;
    if ((stream === undefined) === (accountId === undefined))
      throw new Problem(422, 'InvalidRequest', 'Name either a stream or an account.', {
        errors: [{ field: 'stream', reason: 'either stream or accountId' }],
      });
    const { live, service } = findProjection(this.access, name);
    const target = stream === undefined ? { accountId: accountId as string } : { stream };
    const replayed = await refusing(() =>
      replayStreams(
        { pool: live.pool, feed: live.feed, live: live.placed(live.schema, true), unseal: live.unseal },
        target,
        dryRun,
        (client, { events, rows, changedRows }) =>
          live.registry.tell(client, {
            projection: live.projection.name,
            act: 'StreamsReplayed',
            actor: envelope.actor,
            reason: body.reason ?? null,
            details: { ...target, events, rows, changedRows },
          }),
      ),
    );
    await service.deeds.record();
    return new Answer({ ...replayed, projection: projectionName(replayed.projection) }, 200);
  }

  @Post('projections/:name/verify')
  @HttpCode(200)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Fold a projection from the beginning in a scratch schema and compare it with the live tables.',
    description:
      'Answers when it is done. The outcome is kept, and is the metric kontor_projection_verification_different_rows.',
  })
  async verify(
    @Param({ schema: ProjectionParam }) { name }: z.infer<typeof ProjectionParam>,
    @Envelope() { actor }: HttpEnvelope,
  ) {
    const { rebuild, service } = findProjection(this.access, name);
    const verified = await refusing(() => verify(rebuild, { by: actor }));
    await service.deeds.record();
    return new Answer(shown(verified), 200);
  }

  @Get('verifications')
  @Rule('platform.administer')
  @ApiOperation({ summary: 'The last verification of each projection.' })
  async verifications() {
    const [live] = this.access.platform.services.flatMap((service) => service.projections);
    return { items: live === undefined ? [] : (await live.registry.verifications()).map(shown) };
  }
}

function shown({ projection, ...verification }: Verification) {
  return { projection: projectionName(projection), ...verification };
}
