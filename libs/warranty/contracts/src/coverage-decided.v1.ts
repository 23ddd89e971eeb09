import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const coverageDecidedV1 = defineContract(
  'warranty',
  'coverage-decided',
  1,
  'Who bears the cost of a claim, decided on the facts of the incident date: warranty, goodwill, service contract, or paid by the client. A later decision replaces an earlier one.',
  schema.object({
    claimId: schema.uuid(),
    unitId: schema.uuid(),
    coverage: schema.oneOf(['warranty', 'goodwill', 'contract', 'paid']),
    coversParts: schema.flag(),
    coversLabour: schema.flag(),
    incidentDate: schema.date(),
    warrantyStart: schema.nullable(schema.date('null while the date the term starts on is not known')),
    warrantyEnd: schema.nullable(schema.date('last day of any cover; null without warranty')),
    termVersion: schema.nullable(
      schema.integer('version of the term in force at delivery; 0: the term sold with the order line; null: none'),
    ),
    reasonCode: schema.text('why, as a sentence without spaces'),
    goodwillLimit: schema.nullable(schema.moneySchema),
    businessDate: schema.date(),
  }),
  {
    claimId: '7b3d9f10-5e2c-5a86-9c41-2f8e0d6a1b57',
    unitId: '3f0c3f5e-6a0b-5b52-9f0e-0a4f6c1d2b11',
    coverage: 'warranty',
    coversParts: true,
    coversLabour: true,
    incidentDate: '2026-10-03',
    warrantyStart: '2026-03-02',
    warrantyEnd: '2028-03-02',
    termVersion: 3,
    reasonCode: 'WithinTerm',
    goodwillLimit: null,
    businessDate: '2026-10-05',
  },
);

export type CoverageDecidedV1 = ContractData<typeof coverageDecidedV1>;
