import {
  type AnswersByRoute,
  count,
  date,
  digits,
  flag,
  instant,
  list,
  M,
  object,
  one,
  orNull,
  page,
  quantity,
  receipt,
  reference,
  type Schemas,
  text,
  uuid,
} from './schema.ts';

const claimKind = one('claim', 'complaint', 'wish', 'praise');
const claimStatus = one('open', 'rejected', 'closed');
const workshop = one('own', 'branded', 'independent');
const basis = one('delivery', 'invoice', 'install', 'receive');
const replacementPolicy = one('remaining', 'minimum', 'new');
const caps = object({ claims: orNull(count), parts: orNull(M), labour: orNull(M) });
const capsUsed = object({ claims: count, partsMinor: count, labourMinor: count });
const term = object({
  version: count,
  basis,
  graceCapDays: orNull(count),
  partsMonths: count,
  labourMonths: count,
  minimumMonths: count,
  replacementPolicy,
  caps,
});
const cover = object({ term, deliveredOn: date, remaining: object({ parts: orNull(date), labour: orNull(date) }) });
/** What happened to a unit's cover; which fields a fact has depends on its kind. */
const registrationFact = {
  type: 'object',
  properties: {
    kind: one('registered', 'started', 'redelivered', 'taken-off', 'replaced'),
    businessDate: date,
    cover: orNull(cover),
    basisDate: date,
    newCover: orNull(object({ cover: orNull(cover) })),
  },
  required: ['kind', 'businessDate'],
};
const coverage = {
  coversParts: flag,
  coversLabour: flag,
  reasonCode: text,
  warrantyStart: orNull(date),
  warrantyEnd: orNull(date),
  termVersion: orNull(count),
  partsRoom: orNull(M),
  labourRoom: orNull(M),
};
const decided = object({
  coverage: one('warranty', 'goodwill', 'contract', 'paid'),
  ...coverage,
  goodwill: orNull(M),
});
const claimFields = {
  id: uuid,
  number: text,
  entityId: text,
  kind: claimKind,
  unitId: orNull(uuid),
  productId: orNull(uuid),
  accountId: uuid,
  incidentDate: date,
  openedOn: date,
  status: claimStatus,
  ownerId: text,
};

export const warrantySchemas: Schemas = {
  UnitItem: object({
    id: uuid,
    entityId: text,
    serial: orNull(text),
    productId: uuid,
    sku: text,
    quantity,
    accountId: uuid,
    registeredOn: date,
    recordedAt: instant,
    termVersion: orNull(count),
    warrantyStart: orNull(date),
    warrantyEnd: orNull(date),
    takenOffOn: orNull(date),
    replacedByUnitId: orNull(uuid),
  }),
  Unit: object({
    id: uuid,
    entityId: text,
    status: text,
    serial: orNull(text),
    productId: uuid,
    sku: text,
    accountId: uuid,
    quantity,
    warranty: orNull(
      object({
        termVersion: count,
        basis,
        start: orNull(date),
        end: orNull(date),
        partsEnd: orNull(date),
        labourEnd: orNull(date),
        takenOffOn: orNull(date),
        caps,
        capsUsed,
      }),
    ),
    replacesUnitId: orNull(uuid),
    replacedByUnitId: orNull(uuid),
    history: list(registrationFact),
    revision: digits,
  }),
  UnitCoverage: object({
    unitId: uuid,
    coverage: one('warranty', 'contract', 'paid'),
    ...coverage,
    inputs: object({
      incidentDate: date,
      registration: list(registrationFact),
      capsUsed,
      serviceContract: orNull({ type: 'object' }),
    }),
  }),
  WarrantyTerms: object({
    productId: uuid,
    entries: list(object({ validFrom: date, term: orNull(term) })),
    revision: digits,
  }),
  ClaimItem: object({
    ...claimFields,
    recordedAt: instant,
    coverage: orNull(one('warranty', 'goodwill', 'contract', 'paid')),
    work: orNull(one('ordered', 'repaired')),
  }),
  Claim: object({
    ...claimFields,
    description: orNull(text),
    cause: orNull(text),
    damage: orNull(M),
    coverage: orNull(decided),
    goodwillLeftMinor: count,
    workOrders: list(object({ workOrderId: uuid, number: text, repaired: flag })),
    revision: digits,
  }),
  WorkOrder: object({
    id: uuid,
    number: text,
    claimId: uuid,
    claimNumber: text,
    entityId: text,
    accountId: uuid,
    workshop,
    workshopAccountId: orNull(uuid),
    task: text,
    openedOn: date,
    repairedOn: orNull(date),
  }),
};

export const warrantyAnswers: AnswersByRoute = {
  'get /v1/units': page(reference('UnitItem')),
  'get /v1/units/{id}': reference('Unit'),
  'get /v1/units/{id}/coverage': reference('UnitCoverage'),
  'post /v1/units/{id}/replacement': receipt({ replacesUnitId: uuid, policy: replacementPolicy }),
  'get /v1/warranty-terms/{productId}': reference('WarrantyTerms'),
  'get /v1/claims': page(reference('ClaimItem')),
  'get /v1/claims/{id}': reference('Claim'),
  'post /v1/claims': receipt({ number: text, coverage: orNull(decided) }),
  'post /v1/claims/{id}/coverage': receipt({ coverage: orNull(decided) }),
  'post /v1/claims/{id}/work-order': receipt({ workOrderId: uuid, number: text }),
  'get /v1/work-orders': page(reference('WorkOrder')),
};
