import {
  type AnswersByRoute,
  count,
  date,
  digits,
  list,
  M,
  object,
  one,
  orNull,
  page,
  rate,
  receipt,
  reference,
  type Schemas,
  text,
  uuid,
  whole,
} from './schema.ts';

const kind = one('customer', 'prospect', 'reseller', 'supplier', 'workshop', 'expert', 'authority');
const stageKind = one('open', 'on-hold', 'won', 'lost');
const stages = list(object({ name: text, kind: stageKind, probability: rate, ordinal: count }));
const placing = { position: text, managerId: orNull(uuid), region: orNull(text) };
const duplicates = list(object({ accountId: uuid, number: text, name: orNull(text), by: one('name', 'tax-id') }));

const accountFields = {
  id: uuid,
  number: text,
  kind,
  legalForm: one('legal', 'natural'),
  name: orNull(text),
  country: orNull(text),
  region: orNull(text),
  sector: orNull(text),
  parentId: orNull(uuid),
  ownerId: orNull(uuid),
  externalId: orNull(text),
  registeredOn: date,
};
const opportunityFields = {
  id: uuid,
  title: text,
  accountId: orNull(uuid),
  ownerId: orNull(uuid),
  stage: text,
  stageKind,
  amount: orNull(M),
  expectedClose: orNull(date),
  productId: orNull(uuid),
  externalId: orNull(text),
  openedOn: date,
};
const pipelineFields = { id: uuid, name: text, version: count, stages };

export const accountsSchemas: Schemas = {
  AccountItem: object(accountFields),
  Account: object({
    ...accountFields,
    taxId: orNull(text),
    address: orNull(text),
    countryText: orNull(text),
    language: orNull(text),
    currency: orNull(text),
    yearEstablished: orNull(whole),
    revenue: orNull(M),
    employees: orNull(count),
    ownerSince: orNull(date),
    terms: list(
      object({
        entityId: text,
        paymentTermDays: count,
        paymentTermBase: one('invoice-date', 'end-of-month'),
        priceColumn: orNull(text),
        segment: orNull(text),
        tier: orNull(text),
        validFrom: date,
      }),
    ),
    contacts: list(
      object({
        id: uuid,
        roles: list(text),
        name: orNull(text),
        email: orNull(text),
        phone: orNull(text),
        consent: text,
        channel: orNull(text),
        language: orNull(text),
      }),
    ),
    revision: digits,
  }),
  OpportunityItem: object(opportunityFields),
  Opportunity: object({
    ...opportunityFields,
    queue: orNull(text),
    pipelineId: uuid,
    pipelineVersion: count,
    probability: rate,
    stageProbability: rate,
    override: orNull(object({ probability: rate, reason: text, expiresOn: orNull(date), businessDate: date })),
    weighted: orNull(M),
    history: list(
      object({
        stage: text,
        kind: stageKind,
        probability: rate,
        reason: orNull(text),
        competitor: orNull(text),
        evidence: orNull(text),
        orderId: orNull(uuid),
        contractNumber: orNull(text),
        businessDate: date,
      }),
    ),
    revision: digits,
  }),
  PipelineItem: object(pipelineFields),
  PipelineDefinition: object({
    ...pipelineFields,
    versions: list(object({ version: count, stages })),
    revision: digits,
  }),
  StaffItem: object({ id: uuid, name: orNull(text), ...placing, since: date }),
  StaffMember: object({
    id: uuid,
    name: orNull(text),
    externalId: orNull(text),
    position: orNull(text),
    managerId: orNull(uuid),
    region: orNull(text),
    placings: list(object({ from: date, ...placing })),
    revision: digits,
  }),
  ImportedRows: {
    type: 'object',
    properties: {
      rows: list({
        type: 'object',
        properties: {
          line: count,
          outcome: one('accepted', 'already-known', 'rejected'),
          code: text,
          field: orNull(text),
          sentence: text,
        },
        required: ['line', 'outcome'],
      }),
      consistencyToken: orNull(text),
    },
    required: ['rows', 'consistencyToken'],
  },
};

const importedRows = reference('ImportedRows');

export const accountsAnswers: AnswersByRoute = {
  'get /v1/accounts': page(reference('AccountItem')),
  'post /v1/accounts': receipt({ number: text, duplicates }),
  'get /v1/accounts/duplicates': object({ duplicates }),
  'get /v1/accounts/{id}': reference('Account'),
  'get /v1/opportunities': page(reference('OpportunityItem')),
  'get /v1/opportunities/{id}': reference('Opportunity'),
  'get /v1/pipelines': page(reference('PipelineItem')),
  'get /v1/pipelines/{id}': reference('PipelineDefinition'),
  'get /v1/staff': page(reference('StaffItem'), { asOf: date }),
  'get /v1/staff/{id}': reference('StaffMember'),
  'post /v1/imports/runs': object({ runId: uuid, date }),
  'post /v1/imports/crm/staff': importedRows,
  'post /v1/imports/crm/accounts': importedRows,
  'post /v1/imports/crm/opportunities': importedRows,
  'post /v1/imports/receivables/accounts': importedRows,
};
