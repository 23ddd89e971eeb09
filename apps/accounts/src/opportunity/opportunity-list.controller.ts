import { type Principal, Rule, scopeLabel } from '@kontor/auth';
import { Caller, pageOf, questionOf, zBusinessDate } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { placeOf } from '../lists.ts';
import { newestOf } from '../read-models/moment.ts';
import { listOpportunities, OPPORTUNITY_TABLES } from '../read-models/opportunity-list/opportunity-list.query.ts';
import { ListOpportunitiesQuery } from './opportunity.requests.ts';

const LIST = 'opportunity-list';

@ApiTags('opportunities')
@Controller('v1/opportunities')
export class OpportunityListController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get()
  @Rule('opportunities.read')
  @ApiOperation({ summary: 'Deals by owner, account, stage or external id, ordered by the day they were opened' })
  async list(
    @Query({ schema: ListOpportunitiesQuery }) query: z.infer<typeof ListOpportunitiesQuery>,
    @Caller() principal: Principal,
  ) {
    const { pool, clock } = this.runtime;
    const { limit, cursor, consistentWith, ...filters } = query;
    const scope = await this.runtime.access.scope(principal, 'opportunities.read');
    const question = questionOf(LIST, filters, scopeLabel(scope));
    const after = placeOf(cursor, question, zBusinessDate);
    await this.runtime.caughtUp(LIST, consistentWith);
    const asKnownAt = after?.asKnownAt ?? (await newestOf(pool, OPPORTUNITY_TABLES, clock.now()));
    const rows = await listOpportunities(pool, filters, scope, { asKnownAt, after, limit });
    return pageOf(rows, limit, { asKnownAt, question }, ({ openedOn, id }) => ({ key: openedOn, id }));
  }
}
