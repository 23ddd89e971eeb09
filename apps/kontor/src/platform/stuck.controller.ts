import { Rule } from '@kontor/auth';
import { zWhole } from '@kontor/http';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { PlatformAccess } from './platform-access.ts';

const HOUR_S = 3_600;
const YEAR_S = 31_622_400;

const StuckQuery = z.strictObject({
  waitingSeconds: zWhole(0, YEAR_S)
    .default(HOUR_S)
    .describe('From how many seconds on an instance that waits for an answer is listed.'),
});

@ApiTags('platform')
@Controller('v1/platform/stuck')
export class StuckController {
  constructor(private readonly access: PlatformAccess) {}

  @Get()
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Instances of processes that are parked, whose timer is overdue, or that wait for an answer for too long.',
  })
  async list(@Query({ schema: StuckQuery }) { waitingSeconds }: z.infer<typeof StuckQuery>) {
    const found = await Promise.all(
      this.access.platform.services.flatMap(({ name: service, processes }) =>
        processes.map(async (runner) =>
          (await runner.stuck(waitingSeconds)).map((instance) => ({ service, ...instance })),
        ),
      ),
    );
    return { items: found.flat().sort((left, right) => left.since.localeCompare(right.since)) };
  }
}
