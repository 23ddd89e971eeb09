import { Readable } from 'node:stream';
import { Rule } from '@kontor/auth';
import { Envelope, HttpEnvelope } from '@kontor/http';
import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { installationAggregate } from '../administration/installation.decider.ts';
import { backup } from '../backup/make-backup.ts';
import { PlatformAccess } from './platform-access.ts';

const BackupRequest = z
  .strictObject({
    withKeys: z
      .boolean()
      .default(false)
      .describe(
        'With the keys of personal data: whoever has the file can read them, and an erasure does not reach it.',
      ),
  })
  .meta({ id: 'BackupRequest' });

@ApiTags('platform')
@Controller('v1/platform/backups')
export class BackupsController {
  constructor(private readonly access: PlatformAccess) {}

  @Post()
  @HttpCode(200)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'One file with all logs, their seals and the list of destroyed keys, while people work.',
    description:
      'Records BackupTaken first. The answer is complete when its last frame is there: docs/backup.md says how it is read. Read ' +
      'models are not in it; a restore folds them.',
  })
  @ApiProduces('application/octet-stream')
  async make(
    @Body({ schema: BackupRequest }) { withKeys }: z.infer<typeof BackupRequest>,
    @Envelope() envelope: HttpEnvelope,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { pool, stores, vault, serviceNames, seals } = this.access.platform;
    await this.access
      .service('accounts')
      .runner.execute(
        installationAggregate,
        'main',
        { type: 'RecordInstallationDeed', deed: { type: 'BackupTaken', data: { withKeys } } },
        envelope,
      );
    const source = { pool, stores, vault, services: serviceNames, product: this.access.version };
    const bytes = backup({ ...source, sealKeys: publicKeys(seals.trusted) }, withKeys);
    await reply.type('application/octet-stream').send(Readable.from(bytes, { objectMode: false }));
  }
}

function publicKeys(trusted: PlatformAccess['platform']['seals']['trusted']): string {
  return [...trusted.values()].map((key) => key.export({ type: 'spki', format: 'pem' }).toString().trim()).join('\n');
}
