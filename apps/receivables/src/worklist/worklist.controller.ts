import { accessProjectionName, type Action, type Principal, Rule } from '@kontor/auth';
import { Caller, invalidField, zConsistencyToken, zCurrency, zUuid, zWhole } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { config, MAX_WORKLIST } from '../receivables.config.ts';
import { creditStanding } from '../read-models/credit-standing/credit-standing.projection.ts';
import { ledgerDirectory } from '../read-models/ledger-directory/ledger-directory.projection.ts';
import { receivablesLists } from '../read-models/lists/lists.projection.ts';
import { ledgerStandings, type StandingsAsked } from './standings.query.ts';
import { inOrder, portfolios, worklistItem } from './worklist.view.ts';

const filters = {
  entityId: z.string().max(32).optional(),
  currency: zCurrency.optional(),
  ownerId: z
    .union([z.literal(''), zUuid])
    .optional()
    .describe('Owner of the account; empty: none.'),
  consistentWith: zConsistencyToken.optional(),
};
const WorklistQuery = z.strictObject({
  ...filters,
  accountId: zUuid.optional(),
  limit: zWhole(1, MAX_WORKLIST).default(50).describe('How many of the first to show.'),
});
const PortfoliosQuery = z.strictObject(filters);

/** What is there to do, and how portfolios stand: of now, on today's business date of each legal entity. */
@ApiTags('collecting')
@Controller('v1')
export class WorklistController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get('dunning/worklist')
  @Rule('dunning.read')
  @ApiOperation({
    summary: 'Whom to call first: ledgers with overdue items by priority, and the next step for each',
    description:
      'A hundred points at most: what is overdue and undisputed, its age, broken promises of a year, and the dunning level, ' +
      'each shown under `priorityParts`. `all` counts the ledgers behind the list.',
  })
  async worklist(@Query({ schema: WorklistQuery }) query: z.infer<typeof WorklistQuery>, @Caller() caller: Principal) {
    const { limit, ...asked } = query;
    const standings = await this.standings('dunning.read', caller, { ...asked, overdueOnly: true });
    const items = inOrder(standings.map((standing) => worklistItem(standing, config.worklist, config.withoutLimit)));
    return { all: items.length, items: items.slice(0, limit) };
  }

  @Get('portfolios')
  @Rule('receivables.read')
  @ApiOperation({
    summary:
      'Per owner, legal entity and currency: who is above norm and who is overdue, counted apart; the target is none',
    description:
      'The norm is the credit limit; one that has ended allows nothing. An account may be in one state, in both, or in none.',
  })
  async portfolios(
    @Query({ schema: PortfoliosQuery }) query: z.infer<typeof PortfoliosQuery>,
    @Caller() caller: Principal,
  ) {
    const standings = await this.standings('receivables.read', caller, { ...query, overdueOnly: false });
    return { items: portfolios(standings, config.withoutLimit) };
  }

  private async standings(
    action: Action,
    caller: Principal,
    asked: StandingsAsked & { readonly consistentWith?: string | undefined },
  ) {
    const { runtime } = this;
    if (asked.entityId !== undefined && runtime.entities.find(asked.entityId) === undefined)
      throw invalidField('entityId', 'is not a legal entity of this firm');
    for (const name of [
      creditStanding.name,
      receivablesLists.name,
      ledgerDirectory.name,
      accessProjectionName(runtime.name),
    ])
      await runtime.caughtUp(name, asked.consistentWith);
    const todays = runtime.entities.all().map(({ id }) => ({ entityId: id, today: runtime.entities.today(id) }));
    const scope = await runtime.access.scope(caller, action);
    return ledgerStandings(runtime.pool, todays, asked, scope);
  }
}
