import {
  ACCOUNT_KINDS,
  CHANNELS,
  CONSENTS,
  CONTACT_ROLES,
  LEGAL_FORMS,
  PAYMENT_TERM_BASES,
} from '@kontor/accounts-contracts';
import { normalisedName } from '@kontor/accounts-domain';
import { pageFields, zBusinessDate, zCountry, zCurrency, zEntityId, zText, zUuid } from '@kontor/http';
import { z } from 'zod';

const zLanguage = z.string().regex(/^[a-z]{2}$/, 'must be an ISO 639-1 code such as de');
const zNumber = zText(40).describe('Unique. Numbers like A-000123 are given by the number range alone.');
const date = zBusinessDate.optional().describe('When it happened; today by default.');
const reason = zText(500).optional();

const particulars = {
  name: zText(200),
  taxId: zText(40).nullable(),
  address: zText(500).nullable(),
  country: zCountry.nullable(),
  region: zText(100).nullable(),
  sector: zText(100).nullable(),
  language: zLanguage.nullable(),
  currency: zCurrency.nullable(),
  yearEstablished: zText(40).nullable(),
  revenue: zText(100).nullable(),
  employees: zText(40).nullable(),
  parentId: zUuid.nullable().describe('The account above this one.'),
};
const optionalParticulars = {
  taxId: particulars.taxId.default(null),
  address: particulars.address.default(null),
  country: particulars.country.default(null),
  region: particulars.region.default(null),
  sector: particulars.sector.default(null),
  language: particulars.language.default(null),
  currency: particulars.currency.default(null),
  yearEstablished: particulars.yearEstablished.default(null),
  revenue: particulars.revenue.default(null),
  employees: particulars.employees.default(null),
  parentId: particulars.parentId.default(null),
};

export const RegisterAccountRequest = z
  .strictObject({
    number: zNumber.optional(),
    kind: z.enum(ACCOUNT_KINDS).default('customer'),
    legalForm: z.enum(LEGAL_FORMS).default('legal'),
    name: particulars.name,
    ...optionalParticulars,
    ownerId: zUuid
      .nullable()
      .optional()
      .describe('Staff member who answers for the relationship; the caller by default.'),
    businessDate: date,
  })
  .meta({ id: 'RegisterAccountRequest' });

export const ChangeAccountRequest = z
  .strictObject({
    kind: z.enum(ACCOUNT_KINDS).optional(),
    ...z.object(particulars).partial().shape,
    businessDate: date,
    reason,
  })
  .meta({ id: 'ChangeAccountRequest', description: 'Only the fields that are named change.' });

export const AssignAccountOwnerRequest = z
  .strictObject({ ownerId: zUuid.nullable(), businessDate: date, reason })
  .meta({ id: 'AssignAccountOwnerRequest' });

export const SetTermsRequest = z
  .strictObject({
    entityId: zEntityId,
    paymentTermDays: z.number().int().min(0, 'must not be negative').max(365, 'must be at most 365'),
    paymentTermBase: z.enum(PAYMENT_TERM_BASES).default('invoice-date'),
    priceColumn: zText(40).nullable().default(null),
    segment: zText(40).nullable().default(null),
    tier: zText(40).nullable().default(null),
    validFrom: date,
  })
  .meta({ id: 'SetTermsRequest', description: 'One set of terms per legal entity, valid until the next one.' });

const zEmail = z.email('must be an e-mail address').max(200);
const contact = {
  roles: z
    .array(z.enum(CONTACT_ROLES))
    .max(CONTACT_ROLES.length)
    .transform((roles) => [...new Set(roles)]),
  name: zText(200).nullable(),
  email: zEmail.nullable(),
  phone: zText(40).nullable(),
  consent: z.enum(CONSENTS),
  channel: z.enum(CHANNELS).nullable(),
  language: zLanguage.nullable(),
};

export const AddContactRequest = z
  .strictObject({
    roles: contact.roles,
    name: zText(200),
    email: contact.email.default(null),
    phone: contact.phone.default(null),
    consent: contact.consent.default('not-asked'),
    channel: contact.channel.default(null),
    language: contact.language.default(null),
    businessDate: date,
  })
  .meta({ id: 'AddContactRequest' });

export const ChangeContactRequest = z
  .strictObject({ ...z.object(contact).partial().shape, businessDate: date, reason })
  .meta({ id: 'ChangeContactRequest', description: 'Only the fields that are named change.' });

export const ListAccountsQuery = z.strictObject({
  number: zText(40).optional(),
  name: zText(200)
    .transform(normalisedName)
    .optional()
    .describe('Found anywhere in the name, whatever its case and accents.'),
  externalId: zText(200).optional().describe('Id in the system it was imported from.'),
  ownerId: zUuid.optional(),
  kind: z.enum(ACCOUNT_KINDS).optional(),
  ...pageFields,
});

export const DuplicatesQuery = z
  .strictObject({
    name: zText(200).optional(),
    taxId: zText(40).optional(),
    consistentWith: pageFields.consistentWith,
  })
  .refine(({ name, taxId }) => name !== undefined || taxId !== undefined, {
    message: 'name or taxId is needed',
    path: ['name'],
  });
