import { type Principal, Rule } from '@kontor/auth';
import { Caller, listFor } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { opportunityListing } from '../read-models/opportunity-list/opportunity-list.query.ts';
import { ListOpportunitiesQuery } from './opportunity.requests.ts';

@ApiTags('opportunities')
@Controller('v1/opportunities')
export class OpportunityListController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get()
  @Rule('opportunities.read')
  @ApiOperation({ summary: 'Deals by owner, account, stage or external id, ordered by the day they were opened' })
  list(
    @Query({ schema: ListOpportunitiesQuery }) query: z.infer<typeof ListOpportunitiesQuery>,
    @Caller() principal: Principal,
  ) {
    return listFor(this.runtime, principal, opportunityListing, query);
  }
}
