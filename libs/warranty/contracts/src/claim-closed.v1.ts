import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const claimClosedV1 = defineContract(
  'warranty',
  'claim-closed',
  1,
  'A claim is done: the client signed that there are no claims, or a reason says why no signature was needed.',
  schema.object({
    claimId: schema.uuid(),
    outcome: schema.oneOf(['no-claims-signed', 'closed-with-reason']),
    signedBy: schema.sealedText('who signed'),
    signedOn: schema.nullable(schema.date()),
    reason: schema.nullable(schema.text()),
    businessDate: schema.date(),
  }),
  {
    claimId: '7b3d9f10-5e2c-5a86-9c41-2f8e0d6a1b57',
    outcome: 'no-claims-signed',
    signedBy: { sealed: 'k1:Qm9yZGVu', subject: '5d2f8b1a-9c3e-5a47-b1d6-7e4c2a9f0b33' },
    signedOn: '2026-10-10',
    reason: null,
    businessDate: '2026-10-10',
  },
);

export type ClaimClosedV1 = ContractData<typeof claimClosedV1>;
