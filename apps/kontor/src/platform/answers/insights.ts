import {
  type AnswersByRoute,
  count,
  date,
  digits,
  figure,
  instant,
  link,
  list,
  M,
  mapOf,
  object,
  one,
  orNull,
  page,
  rate,
  reference,
  signed,
  type Schema,
  type Schemas,
  text,
  uuid,
} from './schema.ts';

const moment = {
  asOf: date,
  asKnownAt: instant,
  positions: mapOf(digits, 'Service → position of its log.'),
  scope: {
    type: 'string',
    description: 'What the figures were made for: all, or the owners whose clients they count.',
  },
};
const stageKind = one('open', 'on-hold', 'won', 'lost');
const evidence = {
  eventId: uuid,
  service: text,
  stream: text,
  revision: digits,
  position: digits,
  type: text,
  businessDate: date,
  recordedAt: instant,
};
const buckets: Schema = {
  ...list(
    object({
      bucket: one('not-due', '1-30', '31-60', '61-90', '91-120', 'over-120'),
      items: count,
      amount: M,
      explain: link,
    }),
  ),
  minItems: 6,
  maxItems: 6,
};
const owed = list(
  object({
    currency: text,
    items: count,
    outstanding: M,
    charges: M,
    unallocated: M,
    total: signed,
    buckets,
    explain: object({ outstanding: link, charges: link, unallocated: link, total: link }),
  }),
);
/** Whose figure it is, when it was asked by owner, manager or region; null: nobody's. */
const group = { group: orNull(text), groupId: orNull(text) };
const stage = { stage: text, kind: stageKind, currency: text, deals: count, amount: M, weighted: M, explain: link };
const stages = list({
  type: 'object',
  properties: { ...stage, ...group },
  required: Object.keys(stage),
});
const month = { type: 'string', description: 'YYYY-MM, or `undated`.' };
const monthly = { month, currency: text, deals: count, weighted: M, explain: link };
const forecast = list({
  type: 'object',
  properties: { ...monthly, ...group },
  required: Object.keys(monthly),
});
const wins = { month, currency: text, deals: count, amount: M, explain: link };
const won = list({ type: 'object', properties: { ...wins, ...group }, required: Object.keys(wins) });
const cycle = orNull(object({ deals: count, p50Days: count, p90Days: count }));
const name = { accountId: uuid, accountNumber: orNull(text), accountName: orNull(text) };
const deal = {
  opportunityId: uuid,
  title: text,
  accountId: orNull(uuid),
  queue: orNull(text),
  pipelineId: uuid,
  productId: orNull(uuid),
  externalId: orNull(text),
  stage: text,
  kind: stageKind,
  stageDate: date,
  amount: M,
  stageProbability: rate,
  probability: rate,
  weighted: M,
  ownerId: orNull(uuid),
  ownerName: orNull(text),
  managerId: orNull(uuid),
  region: orNull(text),
  expectedClose: orNull(date),
};
const dealTotals = { ...moment, totals: list(object({ currency: text, deals: count, amount: M, weighted: M })) };

export const insightsSchemas: Schemas = {
  Ageing: object({ ...moment, currencies: owed }),
  Collection: object({
    ...moment,
    to: date,
    days: count,
    currencies: list(
      object({
        currency: text,
        opening: signed,
        sales: signed,
        end: signed,
        notDue: signed,
        dso: figure,
        bestPossibleDso: figure,
        daysDelinquent: figure,
        cei: figure,
        explain: object({ opening: link, sales: link, end: link, notDue: link }),
      }),
    ),
  }),
  Pipeline: {
    type: 'object',
    properties: {
      ...moment,
      stages,
      forecast,
      won,
      winRate: figure,
      cycle,
      funnel: list(object({ stage: text, kind: stageKind, entered: count, explain: link })),
      groupBy: one('owner', 'manager', 'region'),
      groups: list({ type: 'object' }),
    },
    required: [...Object.keys(moment), 'stages', 'forecast', 'won', 'winRate', 'cycle', 'funnel'],
  },
  Deal: object(deal),
  ExplainedDeal: object({
    ...deal,
    events: list({
      type: 'object',
      properties: { ...evidence, aspect: text, stage: text, amount: orNull(M) },
      required: [...Object.keys(evidence), 'aspect', 'amount'],
    }),
  }),
  DunningCase: object({
    caseId: uuid,
    state: one('open', 'closed'),
    ...name,
    entityId: text,
    currency: text,
    openedOn: date,
    closedOn: orNull(date),
    level: count,
    notices: count,
    lastNoticeOn: orNull(date),
    policyId: uuid,
    policyVersion: count,
    overdueItems: count,
    overdue: M,
    disputedItems: count,
    promised: M,
    charges: M,
    explain: object({ overdue: link, charges: link, notices: link }),
  }),
  Timeline: page(object({ kind: text, title: text, amount: orNull(M), ...evidence }), { ...moment, accountId: uuid }),
};

const ageingItem = object({
  itemId: uuid,
  component: text,
  accountId: uuid,
  accountNumber: orNull(text),
  entityId: text,
  invoiceId: orNull(uuid),
  invoiceNumber: orNull(text),
  invoiceDate: orNull(date),
  dueDate: orNull(date),
  daysOverdue: orNull(count),
  amount: signed,
  events: list(object({ ...evidence, movement: text, component: text, amount: signed })),
});
const salesItem = object({
  ...evidence,
  accountId: uuid,
  invoiceNumber: orNull(text),
  movement: text,
  component: text,
  amount: signed,
});
const notice = object({
  noticeId: uuid,
  caseId: uuid,
  ...name,
  entityId: text,
  currency: text,
  date,
  level: count,
  net: M,
  fee: M,
  interest: M,
  policyId: uuid,
  policyVersion: count,
  ledgerRevision: digits,
  contentHash: orNull(text),
  releasedOn: orNull(date),
  items: list(
    object({ instalmentId: uuid, invoiceNumber: text, dueDate: date, net: M, levelBefore: count, levelAfter: count }),
  ),
  event: object(evidence),
});
const account = object({
  accountId: uuid,
  number: text,
  kind: text,
  legalForm: text,
  name: orNull(text),
  country: orNull(text),
  sector: orNull(text),
  region: orNull(text),
  parentId: orNull(uuid),
  ownerId: orNull(uuid),
  externalId: orNull(text),
  registeredOn: date,
});

export const insightsAnswers: AnswersByRoute = {
  'get /v1/insights/ageing': reference('Ageing'),
  'get /v1/insights/ageing/explain': {
    ...page(ageingItem, {
      ...moment,
      figure: text,
      sums: list(object({ currency: text, items: count, amount: signed })),
      bucket: text,
    }),
    required: ['asOf', 'asKnownAt', 'positions', 'scope', 'figure', 'sums', 'items', 'next'],
  },
  'get /v1/insights/collection': reference('Collection'),
  'get /v1/insights/collection/countback': object({
    ...moment,
    currencies: list(
      object({
        currency: text,
        outstanding: signed,
        countbackDso: figure,
        uncovered: signed,
        months: list(object({ month: text, days: count, sales: signed, covered: signed })),
        explain: link,
      }),
    ),
  }),
  'get /v1/insights/collection/roll-rates': object({
    ...moment,
    from: date,
    currencies: list(
      object({
        currency: text,
        rates: list(
          object({
            bucket: text,
            into: text,
            before: signed,
            after: signed,
            rate: figure,
            explain: object({ before: link, after: link }),
          }),
        ),
      }),
    ),
  }),
  'get /v1/insights/collection/explain': page(salesItem, {
    ...moment,
    figure: text,
    to: date,
    days: count,
    sums: list(object({ currency: text, lines: count, amount: signed })),
  }),
  'get /v1/insights/pipeline': reference('Pipeline'),
  'get /v1/insights/pipeline/explain': page(reference('ExplainedDeal'), dealTotals),
  'get /v1/insights/deals': page(reference('Deal'), dealTotals),
  'get /v1/insights/dunning/cases': page(reference('DunningCase'), moment),
  'get /v1/insights/dunning/notices': page(notice, {
    ...moment,
    totals: object({
      notices: count,
      byLevel: mapOf(count, 'Level → notices.'),
      accounts: count,
      itemLines: count,
      fees: list(M),
      interest: list(M),
    }),
  }),
  'get /v1/insights/accounts/{id}': object({
    ...moment,
    account,
    deals: object({ stages, forecast, winRate: figure, cycle }),
    receivables: owed,
    restrictions: list(
      object({
        entityId: text,
        currency: text,
        restriction: one('block-new-orders', 'prepayment-only'),
        since: date,
        eventId: uuid,
      }),
    ),
    history: list(
      object({ kind: text, entries: count, firstOn: date, lastOn: date, lastRecordedAt: instant, explain: link }),
    ),
  }),
  'get /v1/insights/accounts/{id}/timeline': reference('Timeline'),
};
