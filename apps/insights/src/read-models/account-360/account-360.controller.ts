import { type Principal, Rule } from '@kontor/auth';
import { Caller, IdParam, notFound, pageFields, zBusinessDate, zInstant } from '@kontor/http';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Asking, timeFields } from '../../answers/asking.ts';
import { accountAnswer, accountHeader } from './account-summary.query.ts';
import { timelineAnswer } from './timeline.query.ts';

const SERVICES = ['accounts', 'orders', 'receivables', 'warranty'] as const;

const TIMELINE = {
  projections: ['account_360', 'insights_access'],
  restsOn: { timeline: SERVICES },
};
const SUMMARY = {
  projections: ['account_360', 'dunning', 'pipeline', 'insights_access'],
  restsOn: {
    timeline: SERVICES,
    ledger_lines: ['receivables'],
    restrictions: ['receivables'],
    deal_facts: ['accounts'],
    staff_facts: ['accounts'],
  },
};

const SummaryQuery = z.strictObject(timeFields);
const TimelineQuery = z.strictObject({
  ...timeFields,
  ...pageFields,
  kind: z
    .string()
    .regex(/^[a-z][a-z-]{0,31}$/, 'must be a kind of entry, such as invoice')
    .optional(),
  service: z.enum(SERVICES).optional(),
});

/** Business date and recorded time of the last entry shown. */
const zEntryKey = z.string().refine((key) => {
  const [date, recorded, ...rest] = key.split('|');
  return rest.length === 0 && zBusinessDate.safeParse(date).success && zInstant.safeParse(recorded).success;
});
const zEntryId = z.string().regex(/^[a-z]{1,32}:\d{1,18}$/);

@ApiTags('insights')
@Controller('v1/insights/accounts')
export class Account360Controller {
  constructor(private readonly asking: Asking) {}

  @Get(':id')
  @Rule('insights.read')
  @ApiOperation({ summary: 'One account: who it is, its deals, what it owes, restrictions, and its history by kind.' })
  account(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Query({ schema: SummaryQuery }) query: z.infer<typeof SummaryQuery>,
    @Caller() caller: Principal,
  ) {
    return this.asking.answer(caller, query, SUMMARY, async (reader, context) => {
      const account = await accountHeader(reader, context.scope, id);
      if (account === undefined) throw notFound('account', id);
      return accountAnswer(reader, { ...context, accountId: id }, account);
    });
  }

  @Get(':id/timeline')
  @Rule('insights.read')
  @ApiOperation({ summary: 'Everything that happened with an account, from all services, newest first.' })
  timeline(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Query({ schema: TimelineQuery }) query: z.infer<typeof TimelineQuery>,
    @Caller() caller: Principal,
  ) {
    const { kind, service } = query;
    const shape = { route: `accounts/${id}/timeline`, key: zEntryKey, id: zEntryId };
    return this.asking.page(caller, query, TIMELINE, shape, async (reader, context) => {
      const account = await accountHeader(reader, context.scope, id);
      if (account === undefined) throw notFound('account', id);
      return timelineAnswer(reader, { ...context, accountId: id, kind, service });
    });
  }
}
