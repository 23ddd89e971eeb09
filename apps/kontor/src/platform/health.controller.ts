import { OpenToAll } from '@kontor/auth';
import { Problem } from '@kontor/http';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAccess } from './platform-access.ts';

/** Milliseconds within which database and event store must answer for the platform to be ready. */
const DATABASE_PROBE_MS = 2_000;

@ApiTags('platform')
@Controller('health')
export class HealthController {
  constructor(private readonly access: PlatformAccess) {}

  @Get('live')
  @OpenToAll()
  @ApiOperation({ summary: 'The process answers.' })
  live() {
    return { status: 'live' };
  }

  @Get('ready')
  @OpenToAll()
  @ApiOperation({
    summary: 'Commands and queries can be served: database and event store answer, and nothing is stopping.',
  })
  async ready() {
    if (this.access.stopping) throw notReady('It is shutting down.');
    try {
      await Promise.race([this.access.platform.pool.query('select 1'), deadline()]);
    } catch (error) {
      throw notReady(`The database does not answer: ${(error as Error).message}`);
    }
    const { stores, services } = this.access.platform;
    if (stores.kind === 'eventstore') {
      try {
        await Promise.race([services[0]?.store.head(), deadline()]);
      } catch (error) {
        throw notReady(`The event store does not answer: ${(error as Error).message}`);
      }
    }
    return { status: 'ready' };
  }
}

function notReady(detail: string): Problem {
  return new Problem(503, 'NotReady', detail, { headers: { 'retry-after': '1' } });
}

function deadline(): Promise<never> {
  return new Promise((_done, fail) => {
    setTimeout(() => fail(new Error(`no answer within ${DATABASE_PROBE_MS} ms`)), DATABASE_PROBE_MS).unref();
  });
}
