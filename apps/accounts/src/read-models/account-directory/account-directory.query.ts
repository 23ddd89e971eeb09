import { equals, lastKnown, type ListDefinition, type ListParameters } from '@kontor/http';

const latest = (table: string, at: ListParameters) => lastKnown(`accounts.${table}`, 'x.account_id = a.account_id', at);

export const accountListing: ListDefinition = {
  route: '/v1/accounts',
  action: 'accounts.read',
  projection: 'account-directory',
  owned: (owners) => `o.owner_id = any(${owners})`,
  from: (at) => `accounts.account_numbers a
    cross join ${latest('account_profiles', at)} p cross join ${latest('account_ownerships', at)} o`,
  select:
    () => `a.account_id as "id", a.number, p.kind, a.legal_form as "legalForm", p.name, p.country, p.region, p.sector,
    p.parent_id as "parentId", o.owner_id as "ownerId", a.external_id as "externalId", a.registered_on as "registeredOn"`,
  recordedAt: 'a.recorded_at',
  newest: ['account_numbers', 'account_profiles', 'account_ownerships'].map(
    (table) => `select max(recorded_at) from accounts.${table}`,
  ),
  sort: { key: 'a.number collate "C"', type: 'text', descending: false },
  id: 'a.account_id',
  filters: {
    number: equals('a.number'),
    externalId: equals('a.external_id'),
    kind: equals('p.kind'),
    ownerId: equals('o.owner_id', 'uuid'),
    name: (value) => `strpos(p.normalised_name, ${value}::text) > 0`,
  },
};
