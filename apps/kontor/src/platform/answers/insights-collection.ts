import { evidence, moment, namedAccount } from './insights-figures.ts';
import {
  type AnswersByRoute,
  count,
  date,
  digits,
  figure,
  link,
  list,
  M,
  mapOf,
  object,
  one,
  orNull,
  page,
  reference,
  signed,
  type Schema,
  type Schemas,
  text,
  uuid,
} from './schema.ts';

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
export const owed = list(
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

export const collectionSchemas: Schemas = {
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
  DunningCase: object({
    caseId: uuid,
    state: one('open', 'closed'),
    ...namedAccount,
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
  ...namedAccount,
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

export const collectionAnswers: AnswersByRoute = {
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
};
