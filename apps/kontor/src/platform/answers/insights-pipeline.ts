import { evidence, moment } from './insights-figures.ts';
import {
  type AnswersByRoute,
  count,
  date,
  figure,
  link,
  list,
  M,
  object,
  one,
  orNull,
  page,
  rate,
  reference,
  type Schemas,
  text,
  uuid,
} from './schema.ts';

const stageKind = one('open', 'on-hold', 'won', 'lost');
/** Whose figure it is, when it was asked by owner, manager or region; null: nobody's. */
const group = { group: orNull(text), groupId: orNull(text) };
const stage = { stage: text, kind: stageKind, currency: text, deals: count, amount: M, weighted: M, explain: link };
export const stages = list({
  type: 'object',
  properties: { ...stage, ...group },
  required: Object.keys(stage),
});
const month = { type: 'string', description: 'YYYY-MM, or `undated`.' };
const monthly = { month, currency: text, deals: count, weighted: M, explain: link };
export const forecast = list({
  type: 'object',
  properties: { ...monthly, ...group },
  required: Object.keys(monthly),
});
const wins = { month, currency: text, deals: count, amount: M, explain: link };
const won = list({ type: 'object', properties: { ...wins, ...group }, required: Object.keys(wins) });
export const cycle = orNull(object({ deals: count, p50Days: count, p90Days: count }));
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

export const pipelineSchemas: Schemas = {
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
};

export const pipelineAnswers: AnswersByRoute = {
  'get /v1/insights/pipeline': reference('Pipeline'),
  'get /v1/insights/pipeline/explain': page(reference('ExplainedDeal'), dealTotals),
  'get /v1/insights/deals': page(reference('Deal'), dealTotals),
};
