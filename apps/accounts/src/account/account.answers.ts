import type { RegisteredAccount } from '@kontor/accounts-domain';

/** An account as it is answered by id: the personal fields of a natural person in the same places as a company's. */
export function accountAnswer(account: RegisteredAccount) {
  const { profile } = account;
  return {
    id: account.accountId,
    number: account.number,
    kind: profile.kind,
    legalForm: account.legalForm,
    name: profile.name ?? profile.personName,
    taxId: profile.taxId ?? profile.personTaxId,
    address: profile.address ?? profile.personAddress,
    country: profile.country,
    countryText: profile.countryText,
    region: profile.region,
    sector: profile.sector,
    language: profile.language,
    currency: profile.currency,
    yearEstablished: profile.yearEstablished,
    revenue: profile.revenue,
    employees: profile.employees,
    parentId: profile.parentId,
    ownerId: account.ownerId,
    ownerSince: account.ownerSince,
    externalId: account.externalId,
    registeredOn: account.registeredOn,
    terms: account.terms,
    contacts: account.contacts.map(({ contactId, ...contact }) => ({ id: contactId, ...contact })),
  };
}
