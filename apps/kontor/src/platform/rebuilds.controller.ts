import { Rule } from '@kontor/auth';
import { Answer, Envelope, HttpEnvelope, zText } from '@kontor/http';
import type { Rebuild, RebuildStatus } from '@kontor/projections';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { PlatformAccess } from './platform-access.ts';
import { projectionName } from './projection-names.ts';
import { findProjection, refusing } from './subscription-problems.ts';

const zProjection = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be a projection');
export const ProjectionParam = z.object({ name: zProjection });

const StartRequest = z
  .strictObject({ projection: zProjection, reason: zText(500).optional() })
  .meta({ id: 'StartRebuildRequest' });

const STEPS = ['pause', 'resume', 'cancel', 'compare', 'switch', 'switch-back', 'discard'] as const;
const StepParam = z.object({ name: zProjection, step: z.enum(STEPS, `must be one of ${STEPS.join(', ')}`) });
const StepRequest = z
  .strictObject({
    reason: zText(500).optional(),
    acceptDifferences: z
      .boolean()
      .optional()
      .describe('Switch although the comparison found differences: they are what the rebuild is for.'),
  })
  .meta({ id: 'RebuildStepRequest' });

@ApiTags('platform')
@Controller('v1/platform/rebuilds')
export class RebuildsController {
  constructor(private readonly access: PlatformAccess) {}

  @Get()
  @Rule('platform.administer')
  @ApiOperation({ summary: 'Every rebuild that there is or was, with its state, progress and comparison.' })
  async list() {
    const copies = await Promise.all(
      this.access.platform.services
        .flatMap((service) => service.rebuilds)
        .map(async (rebuild) =>
          (await rebuild.copies()).some(({ number, state }) => number > 1 || state === 'building' || state === 'paused')
            ? [this.shown(await rebuild.status())]
            : [],
        ),
    );
    return { items: copies.flat() };
  }

  @Post()
  @HttpCode(202)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Begin to rebuild a projection beside the live one.',
    description:
      'Answers at once. The copy is folded from the first event in a schema of its own, while the live one serves; it gives way ' +
      'while commands are slower than usual. Then compare and switch. 409 RebuildUnderWay names who is at it already.',
  })
  async start(@Body({ schema: StartRequest }) body: z.infer<typeof StartRequest>, @Envelope() envelope: HttpEnvelope) {
    const { rebuild, service } = findProjection(this.access, body.projection);
    const started = await refusing(() => rebuild.start({ actor: envelope.actor, reason: body.reason ?? null }));
    await service.deeds.record();
    return new Answer(this.shown(started), 202);
  }

  @Get(':name')
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'The rebuild of a projection: state, how much of the log is done and to do, rate, time left, comparison.',
  })
  async status(@Param({ schema: ProjectionParam }) { name }: z.infer<typeof ProjectionParam>) {
    const { rebuild } = findProjection(this.access, name);
    return this.shown(await refusing(() => rebuild.status()));
  }

  @Post(':name/:step')
  @HttpCode(200)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Pause, resume, cancel, compare, switch, switch-back or discard.',
    description:
      'compare holds both copies against each other at one checkpoint and shows the first rows that differ with the events behind ' +
      'them; it answers when it is done. switch puts the views over the copy in one transaction, switch-back puts them back, ' +
      'discard drops the copy that is not live any more, cancel the one that is not live yet.',
  })
  async step(
    @Param({ schema: StepParam }) { name, step }: z.infer<typeof StepParam>,
    @Body({ schema: StepRequest }) body: z.infer<typeof StepRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { rebuild, service } = findProjection(this.access, name);
    const who = {
      actor: envelope.actor,
      reason: body.reason ?? null,
      acceptDifferences: body.acceptDifferences === true,
    };
    const done = await refusing(() => STEP[step](rebuild, who));
    await service.deeds.record();
    return new Answer(this.shown(done), 200);
  }

  private shown({ projection, done, total, dropped: _dropped, ...status }: RebuildStatus) {
    const { lagUnit: unit } = this.access.platform.stores;
    return {
      ...{ projection: projectionName(projection), ...status },
      ...{ done: done.toString(), total: total.toString(), unit },
    };
  }
}

type Who = { readonly actor: string; readonly reason: string | null; readonly acceptDifferences: boolean };

const STEP: { readonly [Step in (typeof STEPS)[number]]: (rebuild: Rebuild, who: Who) => Promise<RebuildStatus> } = {
  pause: (rebuild, who) => rebuild.pause(who),
  resume: (rebuild, who) => rebuild.resume(who),
  cancel: (rebuild, who) => rebuild.cancel(who),
  compare: async (rebuild, who) => {
    await rebuild.compare(who);
    return rebuild.status();
  },
  switch: (rebuild, who) => rebuild.switch(who),
  'switch-back': (rebuild, who) => rebuild.switchBack(who),
  discard: (rebuild, who) => rebuild.discard(who),
};
