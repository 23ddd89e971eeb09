import { Readable } from 'node:stream';
import { Rule } from '@kontor/auth';
import { type VerifiedLog, verifyLog } from '@kontor/event-store';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { sealsOf } from '../composition/platform.ts';
import { PlatformAccess } from './platform-access.ts';

/** Events between two lines of progress. */
const PROGRESS_EVENTS = 10_000n;

const VerificationQuery = z.strictObject({
  service: z
    .string()
    .regex(/^[a-z]{1,32}$/, 'must be the name of a service')
    .optional()
    .describe('One log; all of them when absent.'),
});

@ApiTags('platform')
@Controller('v1/platform/verification')
export class VerificationController {
  constructor(private readonly access: PlatformAccess) {}

  @Get()
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Compare logs with their seals and signed roots, from the first event on, as NDJSON.',
    description:
      'Lines are {"progress": {service, position, head}} and, one per log, {"log": {service, verified, unsealed, roots, lastRoot, ' +
      'broken}}; `broken` is null or names the first event that is changed, missing or inserted.',
  })
  @ApiProduces('application/x-ndjson')
  async verify(
    @Query({ schema: VerificationQuery }) { service }: z.infer<typeof VerificationQuery>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const names =
      service === undefined
        ? this.access.platform.services.map(({ name }) => name)
        : [this.access.service(service).name];
    const gone = new AbortController();
    const forget = this.access.platform.onStopping(() => gone.abort());
    reply.raw.once('close', () => {
      forget();
      gone.abort();
    });
    await reply.type('application/x-ndjson').send(Readable.from(this.lines(names, gone.signal), { objectMode: false }));
  }

  private async *lines(names: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
    const { pool, seals } = this.access.platform;
    for (const service of names) {
      const { store } = this.access.service(service);
      const told: string[] = [];
      let next = PROGRESS_EVENTS;
      const { promise: ended, resolve } = Promise.withResolvers<VerifiedLog>();
      let wake = (): void => undefined;
      const verifying = verifyLog({
        ...{ pool, store, schema: sealsOf(service), trusted: seals.trusted, signal },
        progress: (position, head) => {
          if (position < next) return;
          next = position + PROGRESS_EVENTS;
          told.push(line({ progress: { service, position: position.toString(), head: head.toString() } }));
          wake();
        },
      });
      let done = false;
      verifying
        .then(resolve, () => undefined)
        .finally(() => {
          done = true;
          wake();
        });
      while (!done) {
        yield* told.splice(0);
        if (!done) await new Promise<void>((woken) => (wake = woken));
      }
      await verifying;
      yield line({ log: { service, ...shown(await ended) } });
    }
  }
}

function shown({ logId, verified, unsealed, roots, lastRoot, broken }: VerifiedLog) {
  return {
    logId,
    verified: verified.toString(),
    unsealed: unsealed.toString(),
    roots,
    lastRoot: lastRoot === null ? null : { ...lastRoot, position: lastRoot.position.toString() },
    broken:
      broken === null
        ? null
        : { ...broken, position: broken.position.toString(), revision: broken.revision?.toString() ?? null },
  };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
