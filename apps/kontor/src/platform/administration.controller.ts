import { ROLES, Rule } from '@kontor/auth';
import { Answer, Problem, zText, zUuid } from '@kontor/http';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { PlatformAccess } from './platform-access.ts';
import { platformStatus } from './platform-status.ts';

const DAY_S = 86_400;
const MAX_LIFETIME_DAYS = 366;

const MintTokenRequest = z
  .strictObject({
    role: z.enum(ROLES, `must be one of ${ROLES.join(', ')}`),
    subject: zText(100).optional().describe('Who acts with it; the staff member, else the role, when absent.'),
    staffId: zUuid.optional().describe('The staff member whose clients are "own".'),
    lifetimeDays: z.number().int().min(1).max(MAX_LIFETIME_DAYS).default(30),
  })
  .meta({ id: 'MintTokenRequest' });

@ApiTags('platform')
@Controller('v1/platform')
export class AdministrationController {
  constructor(private readonly access: PlatformAccess) {}

  @Get('status')
  @Rule('platform.read')
  @ApiOperation({ summary: 'Services, subscriptions with their lag, parked streams.' })
  status() {
    return platformStatus(this.access);
  }

  @Post('tokens')
  @Rule('platform.administer')
  @ApiOperation({ summary: 'Mint a token of the embedded platform.' })
  async mint(@Body({ schema: MintTokenRequest }) request: z.infer<typeof MintTokenRequest>) {
    if (this.access.issuer === null)
      throw new Problem(409, 'ExternalIssuer', 'Tokens come from the configured OIDC issuer.');
    const subject = request.subject ?? request.staffId ?? request.role;
    const token = await this.access.issuer.mint({
      subject,
      roles: [request.role],
      staffId: request.staffId ?? null,
      lifetimeS: request.lifetimeDays * DAY_S,
    });
    return new Answer({ token, role: request.role, subject, lifetimeDays: request.lifetimeDays }, 201);
  }
}
