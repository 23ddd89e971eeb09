import { Readable } from 'node:stream';
import { type Principal, Rule } from '@kontor/auth';
import { historyStream, LogChanged, PositionNotYetReached } from '@kontor/feed';
import { Caller, Problem, zWhole } from '@kontor/http';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { translated } from '../migration/log-moves.ts';
import { zConsumer } from './consumers.controller.ts';
import type { Reading } from './consumers.ts';
import { PlatformAccess } from './platform-access.ts';

const ServiceParam = z.object({ service: z.string().regex(/^[a-z]{1,32}$/, 'must be the name of a service') });

const zPosition = z
  .string()
  .regex(/^\d{1,18}$/, 'must be a position: a decimal number of at most 18 digits')
  .transform(BigInt);

const HistoryQuery = z.strictObject({
  after: zPosition.default(0n).describe('Read after this position; 0 is the beginning.'),
  follow: z.enum(['true', 'false']).default('false').describe('Keep the answer open and send what comes.'),
  logId: z.uuid().optional().describe('The log that `after` belongs to.'),
  limit: zWhole(0, 1_000_000_000).optional().describe('At most so many events.'),
  consumer: zConsumer
    .optional()
    .describe('Registers who reads, so that an administrator sees it. The name is kept for the subject of the token.'),
});

@ApiTags('history')
@Controller('v1/history')
export class HistoryController {
  constructor(private readonly access: PlatformAccess) {}

  @Get(':service')
  @Rule('history.read')
  @ApiOperation({
    summary: 'Every published event of a service, from any position on, as NDJSON.',
    description:
      'Lines are {"event": CloudEvent} or {"watermark": {position, recordedAt, logId, caughtUp}}. Read on after the last ' +
      'watermark or event that was handled; nothing at or below a watermark is still to come. When the log was moved to another ' +
      'store, a reader that says the old logId is answered 409 LogChanged with `logId` and `position` of now in its facts.',
  })
  @ApiProduces('application/x-ndjson')
  async read(
    @Param({ schema: ServiceParam }) { service }: z.infer<typeof ServiceParam>,
    @Query({ schema: HistoryQuery }) query: z.infer<typeof HistoryQuery>,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const source = this.access.platform.sources.get(this.access.service(service).name);
    if (source === undefined) throw new Problem(404, 'NoHistory', `${service} publishes nothing.`);
    const gone = new AbortController();
    const forget = this.access.platform.onStopping(() => gone.abort());
    reply.raw.once('close', () => {
      forget();
      gone.abort();
    });
    let reading: Reading | undefined;
    const lines = await this.open(source, query, gone.signal, (position) => reading?.sent(position));
    if (query.consumer !== undefined) {
      const { subject } = principal;
      const reader = await this.access.consumers.enter(query.consumer, subject, service, query.after);
      gone.signal.addEventListener('abort', () => reader.leave(), { once: true });
      if (gone.signal.aborted) reader.leave();
      reading = reader;
    }
    await reply.type('application/x-ndjson').send(Readable.from(lines, { objectMode: false }));
  }

  private async open(
    source: Parameters<typeof historyStream>[0],
    query: z.infer<typeof HistoryQuery>,
    signal: AbortSignal,
    taken: (position: bigint) => void,
  ): Promise<AsyncIterable<string>> {
    try {
      return await historyStream(source, {
        after: query.after,
        follow: query.follow === 'true',
        logId: query.logId ?? null,
        limit: query.limit,
        signal,
        taken,
      });
    } catch (error) {
      throw await this.problemOf(error, query.after);
    }
  }

  private async problemOf(error: unknown, after: bigint): Promise<unknown> {
    if (error instanceof LogChanged) {
      const { service, expectedLogId, logId } = error;
      let position: bigint | null;
      try {
        const { pool } = this.access.platform;
        position = await translated(pool, service, { logId: expectedLogId, position: after }, logId);
      } catch (ahead) {
        return this.problemOf(ahead, after);
      }
      const { message } = new LogChanged(service, expectedLogId, logId, position);
      return new Problem(409, 'LogChanged', message, {
        facts: { logId, position: position?.toString() ?? null },
        errors: [{ field: 'logId', reason: message }],
      });
    }
    // Of EventStoreDB alone, whose client library nobody loads who does not run on it.
    if (error instanceof Error && error.name === 'NotAPosition')
      return new Problem(409, 'NotAPosition', `No event stands there: ${error.message}.`, {
        errors: [{ field: 'after', reason: error.message }],
      });
    if (!(error instanceof PositionNotYetReached)) return error;
    const { message, head } = error;
    return new Problem(409, 'PositionNotYetReached', message, {
      facts: { head: head.toString() },
      errors: [{ field: 'after', reason: message }],
    });
  }
}
