import { type Principal, Rule } from '@kontor/auth';
import { Caller, invalidField, pageFields, zBusinessDate, zText, zUuid, zWhole } from '@kontor/http';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Asking, ledgerFields, timeFields, zLevel } from '../../answers/asking.ts';
import { ageingAnswer, collectionAnswer, FIGURES } from './ageing.query.ts';
import { ageingExplained, salesExplained } from './ageing-explain.query.ts';
import { BUCKETS } from './balances.sql.ts';
import { countbackAnswer, rollRatesAnswer } from './collection-trend.query.ts';
import { CASE_STATES, casesAnswer } from './cases.query.ts';
import { cutOnce, noticesAnswer } from './notices.query.ts';

const PROJECTIONS = ['dunning', 'account_360', 'insights_access'];
const LEDGERS = {
  projections: PROJECTIONS,
  restsOn: { ledger_lines: ['receivables'], account_facts: ['accounts'] },
};
const NOTICES = {
  projections: PROJECTIONS,
  restsOn: {
    ledger_lines: ['receivables'],
    notices: ['receivables'],
    overlay_facts: ['receivables'],
    account_facts: ['accounts'],
  },
};

const MAX_DAYS = 3660;
const { asOf: _asOf, ...knownFields } = timeFields;

const AgeingQuery = z.strictObject({ ...timeFields, ...ledgerFields });
const AgeingExplainQuery = z.strictObject({
  ...timeFields,
  ...pageFields,
  ...ledgerFields,
  figure: z.enum(FIGURES).optional().describe('Default: the bucket where one is named, else outstanding.'),
  bucket: z.enum(BUCKETS).optional().describe('A bucket of the outstanding principal: of no other figure.'),
});
const collectionFields = {
  ...knownFields,
  ...ledgerFields,
  to: zBusinessDate.optional().describe('Last day of the period. Default: today of the legal entity.'),
  days: zWhole(1, MAX_DAYS).default(90),
};
const CollectionQuery = z.strictObject(collectionFields);
const TrendQuery = z.strictObject({ ...knownFields, ...ledgerFields, to: collectionFields.to });
const CollectionExplainQuery = z.strictObject({ ...collectionFields, ...pageFields });
const CasesQuery = z.strictObject({
  ...timeFields,
  ...pageFields,
  ...ledgerFields,
  state: z.enum(CASE_STATES).default('open'),
  level: zLevel.optional().describe('Level of the last notice.'),
});
const NoticesQuery = z.strictObject({
  ...timeFields,
  ...pageFields,
  ...ledgerFields,
  caseId: zUuid.optional(),
  level: zLevel.optional(),
  from: zBusinessDate.optional().describe('First date of the notices.'),
});

const zThing = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[+-]$/);
const zLine = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,6}$/);
/** Items without a due date sort behind all others. */
const zDueDate = z.union([z.literal('9999-12-31'), zBusinessDate]);
const zNumber = z.union([z.literal(''), zText(200)]);

const zNoticeKey = z.string().refine((key) => {
  const [date, number] = cutOnce(key);
  return zBusinessDate.safeParse(date).success && zNumber.safeParse(number).success;
});

function ledgerFiltersOf(query: {
  readonly entityId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly currency?: string | undefined;
  readonly ownerId?: string | undefined;
}) {
  const { entityId, accountId, currency, ownerId } = query;
  return { entityId, accountId, currency, ownerId };
}

@ApiTags('insights')
@Controller('v1/insights')
export class DunningInsightsController {
  constructor(private readonly asking: Asking) {}

  @Get('ageing')
  @Rule('insights.read')
  @ApiOperation({
    summary: 'What is open by days overdue, as of a business date, as known at a moment.',
    description:
      'Buckets and items hold principal only and sum to `outstanding`; open fees and interest stand beside them. ' +
      '`total` = outstanding + charges − unallocated.',
  })
  ageing(@Query({ schema: AgeingQuery }) query: z.infer<typeof AgeingQuery>, @Caller() caller: Principal) {
    return this.asking.answer(caller, query, LEDGERS, (reader, context) =>
      ageingAnswer(reader, { ...context, filters: ledgerFiltersOf(query) }),
    );
  }

  @Get('ageing/explain')
  @Rule('insights.read')
  @ApiOperation({ summary: 'The items and events behind a figure of the ageing; their amounts sum to it.' })
  explain(
    @Query({ schema: AgeingExplainQuery }) query: z.infer<typeof AgeingExplainQuery>,
    @Caller() caller: Principal,
  ) {
    const { bucket, figure = bucket === undefined ? 'outstanding' : 'bucket' } = query;
    if (bucket !== undefined && figure !== 'bucket') throw invalidField('bucket', `is no part of the figure ${figure}`);
    const shape = { route: 'ageing/explain', key: zDueDate, id: zThing };
    return this.asking.page(caller, query, LEDGERS, shape, (reader, context) =>
      ageingExplained(reader, { ...context, filters: ledgerFiltersOf(query), figure, bucket }),
    );
  }

  @Get('collection')
  @Rule('insights.read')
  @ApiOperation({
    summary: 'DSO, best possible DSO, days delinquent and collection effectiveness of the days up to a date.',
    description: 'Ratios with two decimals, half-even; null where there is nothing to divide by.',
  })
  collection(@Query({ schema: CollectionQuery }) query: z.infer<typeof CollectionQuery>, @Caller() caller: Principal) {
    return this.asking.answer(caller, { ...query, asOf: query.to }, LEDGERS, (reader, context) =>
      collectionAnswer(reader, { ...context, filters: ledgerFiltersOf(query) }, query.days),
    );
  }

  @Get('collection/countback')
  @Rule('insights.read')
  @ApiOperation({
    summary: 'Countback DSO: what is open is taken off the sales of the newest month first, month by month.',
    description: '`countbackDso` is null where all sales there are do not reach; `uncovered` is what is then left.',
  })
  countback(@Query({ schema: TrendQuery }) query: z.infer<typeof TrendQuery>, @Caller() caller: Principal) {
    return this.asking.answer(caller, { ...query, asOf: query.to }, LEDGERS, (reader, context) =>
      countbackAnswer(reader, { ...context, filters: ledgerFiltersOf(query) }),
    );
  }

  @Get('collection/roll-rates')
  @Rule('insights.read')
  @ApiOperation({
    summary: 'Roll rates: how much of each bucket of 30 days ago is in the next one now, in percent.',
    description:
      'What was not due then may have been joined in 1-30 by what was invoiced since. Null where the bucket was empty.',
  })
  rollRates(@Query({ schema: TrendQuery }) query: z.infer<typeof TrendQuery>, @Caller() caller: Principal) {
    return this.asking.answer(caller, { ...query, asOf: query.to }, LEDGERS, (reader, context) =>
      rollRatesAnswer(reader, { ...context, filters: ledgerFiltersOf(query) }),
    );
  }

  @Get('collection/explain')
  @Rule('insights.read')
  @ApiOperation({ summary: 'The invoices and credit notes behind the sales of a period.' })
  sales(
    @Query({ schema: CollectionExplainQuery }) query: z.infer<typeof CollectionExplainQuery>,
    @Caller() caller: Principal,
  ) {
    const shape = { route: 'collection/explain', key: zBusinessDate, id: zLine };
    const { to: asOf, ...asked } = query;
    return this.asking.page(caller, { ...asked, asOf }, LEDGERS, shape, (reader, context) =>
      salesExplained(reader, { ...context, filters: ledgerFiltersOf(query) }, query.days),
    );
  }

  @Get('dunning/cases')
  @Rule('insights.read')
  @ApiOperation({ summary: 'Dunning cases in the order of account numbers, with level and what is overdue.' })
  cases(@Query({ schema: CasesQuery }) query: z.infer<typeof CasesQuery>, @Caller() caller: Principal) {
    const { state, level } = query;
    const shape = { route: 'dunning/cases', key: zNumber, id: zUuid };
    return this.asking.page(caller, query, NOTICES, shape, (reader, context) =>
      casesAnswer(reader, { ...context, filters: ledgerFiltersOf(query), state, level }),
    );
  }

  @Get('dunning/notices')
  @Rule('insights.read')
  @ApiOperation({ summary: 'Dunning notices, newest first, with the items listed and the totals of all pages.' })
  notices(@Query({ schema: NoticesQuery }) query: z.infer<typeof NoticesQuery>, @Caller() caller: Principal) {
    const { caseId, level, from } = query;
    const shape = { route: 'dunning/notices', key: zNoticeKey, id: zUuid };
    return this.asking.page(caller, query, NOTICES, shape, (reader, context) =>
      noticesAnswer(reader, { ...context, filters: ledgerFiltersOf(query), caseId, level, from }),
    );
  }
}
