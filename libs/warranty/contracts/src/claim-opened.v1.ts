import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const claimOpenedV1 = defineContract(
  'warranty',
  'claim-opened',
  1,
  'A client complains, wishes something, claims or praises; from here on it has an owner.',
  schema.object({
    claimId: schema.uuid(),
    number: schema.text(),
    entityId: schema.text(),
    kind: schema.oneOf(['complaint', 'wish', 'claim', 'praise']),
    unitId: schema.nullable(schema.uuid('always there for a claim')),
    productId: schema.nullable(schema.uuid()),
    accountId: schema.uuid(),
    ownerId: schema.text('who looks after it'),
    incidentDate: schema.date(),
    description: schema.sealedText('in the words of the client'),
    cause: schema.nullable(schema.text()),
    damage: schema.nullable(schema.moneySchema),
    businessDate: schema.date(),
  }),
  {
    claimId: '7b3d9f10-5e2c-5a86-9c41-2f8e0d6a1b57',
    number: 'CL-2026-7F3C9A20B1',
    entityId: 'main',
    kind: 'claim',
    unitId: '3f0c3f5e-6a0b-5b52-9f0e-0a4f6c1d2b11',
    productId: 'b7e6a1c2-4f2d-5c39-8c57-0d9f2f1b7a10',
    accountId: '5d2f8b1a-9c3e-5a47-b1d6-7e4c2a9f0b33',
    ownerId: 's.lindqvist',
    incidentDate: '2026-10-03',
    description: { sealed: 'k1:9Yb2c0VtYQ', subject: '5d2f8b1a-9c3e-5a47-b1d6-7e4c2a9f0b33' },
    cause: 'shaft seal leaks',
    damage: null,
    businessDate: '2026-10-05',
  },
);

export type ClaimOpenedV1 = ContractData<typeof claimOpenedV1>;
