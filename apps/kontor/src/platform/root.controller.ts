import { OpenToAll } from '@kontor/auth';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAccess } from './platform-access.ts';

/** What somebody finds who knows the address and nothing else. */
@ApiTags('platform')
@Controller()
export class RootController {
  constructor(private readonly access: PlatformAccess) {}

  @Get()
  @OpenToAll()
  @ApiOperation({
    summary: 'Where to go from here: the page of the API, its description, health, and the first routes.',
  })
  index() {
    return {
      name: 'Kontor',
      version: this.access.version,
      docs: '/docs',
      description: '/openapi.json',
      health: '/health/ready',
      resources: ['/v1/accounts', '/v1/opportunities', '/v1/orders', '/v1/invoices', '/v1/claims'],
      figures: ['/v1/insights/pipeline', '/v1/insights/ageing', '/v1/insights/collection'],
      token: 'Send one with everything under /v1: Authorization: Bearer …',
    };
  }
}
