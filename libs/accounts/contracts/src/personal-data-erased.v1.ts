import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const personalDataErased = defineContract(
  service,
  'personal-data-erased',
  1,
  'The key of a person was destroyed: sealed fields with this subject can never be read again, in events of any service. ' +
    'Whoever keeps copies of their text empties them now.',
  schema.object({ subject: schema.text('account, contact or staff member') }),
  { subject: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11' },
);
export type PersonalDataErased = ContractData<typeof personalDataErased>;
