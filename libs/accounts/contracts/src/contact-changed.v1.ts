import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';
import { CHANNELS, CONSENTS, CONTACT_ROLES } from './values.ts';

export const contactChanged = defineContract(
  service,
  'contact-changed',
  1,
  'A contact after a change: every field holds what is valid from now on, changed or not.',
  schema.object({
    accountId: schema.uuid(),
    contactId: schema.uuid('also the subject whose key seals the personal fields'),
    roles: schema.list(schema.oneOf(CONTACT_ROLES)),
    name: schema.sealedText(),
    email: schema.sealedText(),
    phone: schema.sealedText(),
    consent: schema.oneOf(CONSENTS),
    channel: schema.nullable(schema.oneOf(CHANNELS)),
    language: schema.nullable(schema.text('ISO 639-1')),
    businessDate: schema.date(),
  }),
  {
    accountId: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11',
    contactId: '0d8f8a5c-6b3e-4a53-b6a7-2f1f6f0f7d10',
    roles: ['billing', 'dunning'],
    name: { sealed: 'mJ0yXQ3v0m8b5v5l', subject: '0d8f8a5c-6b3e-4a53-b6a7-2f1f6f0f7d10' },
    email: { sealed: 'kq1Zp0d9c3E2hQ7w', subject: '0d8f8a5c-6b3e-4a53-b6a7-2f1f6f0f7d10' },
    phone: null,
    consent: 'given',
    channel: 'e-mail',
    language: 'de',
    businessDate: '2026-03-02',
  },
);
export type ContactChanged = ContractData<typeof contactChanged>;
