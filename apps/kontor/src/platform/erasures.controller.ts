import { Rule } from '@kontor/auth';
import { changed, Envelope, HttpEnvelope, notFound, zText, zUuid } from '@kontor/http';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { PlatformAccess } from './platform-access.ts';

const ErasureRequest = z
  .strictObject({
    subject: zUuid.describe('Account (of a natural person), contact or staff member.'),
    reason: zText(500).describe('Kept for ever with the event: do not name the person in it.'),
    dryRun: z.boolean().default(false).describe('Say whether there is anything to erase, and erase nothing.'),
  })
  .meta({ id: 'ErasureRequest' });

/** Accounts owns the people whose data are sealed, so the event is its. */
@ApiTags('platform')
@Controller('v1/platform/erasures')
export class ErasuresController {
  constructor(private readonly access: PlatformAccess) {}

  @Post()
  @HttpCode(200)
  @Rule('platform.administer')
  @ApiOperation({
    summary: 'Erase the personal data of a person for good.',
    description:
      'Destroys the key that seals them, in every log and backup without keys, and records PersonalDataErased, on which read ' +
      'models empty their copies. It cannot be undone. Repeating it changes nothing.',
  })
  async erase(
    @Body({ schema: ErasureRequest }) request: z.infer<typeof ErasureRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const accounts = this.access.service('accounts');
    // A mistyped id would otherwise be forbidden for ever to whoever gets it one day.
    const key = await accounts.vault.keyOf(request.subject);
    if (key === 'none') throw notFound('person with sealed data', request.subject);
    if (request.dryRun) return { dryRun: true, subject: request.subject, erasedBefore: key === 'destroyed' };
    // Loaded in the process of accounts only, where it is there already.
    const { erasePersonalData } = await import('@kontor/app-accounts');
    const { commandId, requestHash, actor, origin, correlationId, occurredAt, traceparent } = envelope;
    const outcome = await erasePersonalData(accounts, request.subject, {
      ...{ commandId, requestHash, actor, origin, correlationId, occurredAt },
      ...(traceparent === undefined ? {} : { traceparent }),
      reason: request.reason,
    });
    return changed(outcome, {}, { subject: request.subject });
  }
}
