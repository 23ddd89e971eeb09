import { type Principal, Rule } from '@kontor/auth';
import { Caller, type ListShape, pageFields, zBusinessDate, zCurrency, zText, zUuid } from '@kontor/http';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Asking, timeFields, zIdOrNone } from '../../answers/asking.ts';
import { dealsAnswer } from './deals.query.ts';
import { pipelineAnswer } from './pipeline.query.ts';

const NEEDS = {
  projections: ['pipeline', 'insights_access'],
  restsOn: { deal_facts: ['accounts'], staff_facts: ['accounts'] },
};

const zMonth = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month YYYY-MM');

const filterFields = {
  ownerId: zIdOrNone.optional(),
  managerId: zIdOrNone.optional(),
  region: z.union([z.literal(''), zText(200)]).optional(),
  accountId: z.union([z.literal(''), zUuid]).optional(),
  currency: zCurrency.optional(),
  pipelineId: zUuid.optional(),
};

const PipelineQuery = z.strictObject({
  ...timeFields,
  ...filterFields,
  groupBy: z.enum(['owner', 'manager', 'region']).optional(),
});

const DealsQuery = z.strictObject({
  ...timeFields,
  ...pageFields,
  ...filterFields,
  stage: zText(200).optional(),
  kind: z.enum(['open', 'on-hold', 'won', 'lost']).optional(),
  month: z
    .union([z.literal('undated'), zMonth])
    .optional()
    .describe('Month of the expected close, or undated.'),
  wonMonth: zMonth.optional().describe('Month of the win.'),
  entered: zText(200).optional().describe('A stage that the deal has entered at some time.'),
});
type DealsQuery = z.infer<typeof DealsQuery>;

@ApiTags('insights')
@Controller('v1/insights')
export class PipelineController {
  constructor(private readonly asking: Asking) {}

  @Get('pipeline')
  @Rule('insights.read')
  @ApiOperation({
    summary: 'The pipeline as of a business date, as known at a moment.',
    description:
      'Deals by stage, the weighted forecast by month of the expected close, wins by month, win rate in percent, days ' +
      'from the first open stage to the win, and how many deals ever entered each stage.',
  })
  async pipeline(@Query({ schema: PipelineQuery }) query: z.infer<typeof PipelineQuery>, @Caller() caller: Principal) {
    const { asOf: _asOf, asKnownAt: _known, consistentWith: _token, groupBy, ...filters } = query;
    return this.asking.answer(caller, query, NEEDS, (reader, context) =>
      pipelineAnswer(reader, { ...context, filters, groupBy }),
    );
  }

  @Get('pipeline/explain')
  @Rule('insights.read')
  @ApiOperation({ summary: 'The deals and events behind a figure of the pipeline; the totals are the figure.' })
  explain(@Query({ schema: DealsQuery }) query: DealsQuery, @Caller() caller: Principal) {
    return this.list(query, caller, 'pipeline/explain', true);
  }

  @Get('deals')
  @Rule('insights.read')
  @ApiOperation({ summary: 'The board: deals as of a business date, newest stage change first.' })
  deals(@Query({ schema: DealsQuery }) query: DealsQuery, @Caller() caller: Principal) {
    return this.list(query, caller, 'deals', false);
  }

  private list(query: DealsQuery, caller: Principal, route: string, withEvents: boolean) {
    const { asOf: _a, asKnownAt: _k, consistentWith: _t, limit: _l, cursor: _c, ...filters } = query;
    const shape: ListShape = { route, key: zBusinessDate, id: zUuid };
    return this.asking.page(caller, query, NEEDS, shape, (reader, context) =>
      dealsAnswer(reader, { ...context, filters, withEvents }),
    );
  }
}
