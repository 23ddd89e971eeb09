import { owed } from './insights-collection.ts';
import { evidence, moment } from './insights-figures.ts';
import { cycle, forecast, stages } from './insights-pipeline.ts';
import {
  type AnswersByRoute,
  count,
  date,
  figure,
  instant,
  link,
  list,
  M,
  object,
  one,
  orNull,
  page,
  reference,
  type Schemas,
  text,
  uuid,
} from './schema.ts';

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

export const account360Schemas: Schemas = {
  Timeline: page(object({ kind: text, title: text, amount: orNull(M), ...evidence }), { ...moment, accountId: uuid }),
};

export const account360Answers: AnswersByRoute = {
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
