import {
  accountChanged,
  type AccountChanged,
  accountOwnerAssigned,
  type AccountOwnerAssigned,
  accountRegistered,
  type AccountRegistered,
  personalDataErased,
} from '@kontor/accounts-contracts';
import { normalisedName, normalisedTaxId } from '@kontor/accounts-domain';
import { knownAs, knownColumns } from '@kontor/http';
import type { CloudEvent } from '@kontor/kernel';
import type { Projection, RowChange } from '@kontor/projections';
import type { Unsealed } from '../contracts.ts';

const accountId = { type: 'uuid', comment: 'Account.' } as const;

type Profiled = Unsealed<AccountRegistered> | Unsealed<AccountChanged>;

function profileRow(event: CloudEvent<Profiled>): RowChange {
  const { data } = event;
  const name = data.name ?? data.personName;
  const taxId = data.taxId ?? data.personTaxId;
  return {
    table: 'account_profiles',
    put: {
      account_id: data.accountId,
      ...knownAs(event),
      kind: data.kind,
      name,
      normalised_name: name === null ? null : normalisedName(name),
      normalised_tax_id: taxId === null ? null : normalisedTaxId(taxId),
      country: data.country,
      region: data.region,
      sector: data.sector,
      parent_id: data.parentId,
      business_date: data.businessDate,
      // A legal person's name is nobody's secret: it is in the clear, and stays when the account is erased.
      person_id: data.name === null ? data.accountId : null,
    },
  };
}

function ownerRow(event: CloudEvent<{ accountId: string; ownerId: string | null; businessDate: string }>): RowChange {
  const { accountId: account_id, ownerId: owner_id, businessDate: business_date } = event.data;
  return {
    table: 'account_ownerships',
    put: { account_id, ...knownAs(event), owner_id, business_date },
  };
}

/**
 * Accounts by number, name, owner and external id. Every change is a row of its own, so that all pages of a list can be of
 * the moment in which the first one was asked for.
 */
export const accountDirectory: Projection = {
  name: 'account-directory',
  version: 2,
  viewSchema: 'accounts',
  personal: { erasedBy: personalDataErased.type },
  tables: {
    account_numbers: {
      comment: 'Registered accounts: what never changes.',
      key: ['account_id'],
      columns: {
        account_id: accountId,
        number: { type: 'text', comment: 'Number of the account, unique.' },
        legal_form: { type: 'text', comment: 'legal or natural.' },
        external_id: { type: 'text', nullable: true, comment: 'Id in the system it was imported from.' },
        registered_on: { type: 'date', comment: 'Business date of the registration.' },
        recorded_at: knownColumns.recorded_at,
      },
      indexes: ['number collate "C", account_id', 'external_id', 'recorded_at'],
    },
    account_profiles: {
      comment: 'Names and master data of accounts, one row per change.',
      key: ['account_id', 'revision'],
      subject: 'person_id',
      columns: {
        account_id: accountId,
        ...knownColumns,
        kind: { type: 'text', comment: 'customer, prospect, reseller, supplier, workshop, expert or authority.' },
        name: { type: 'text', nullable: true, personal: true, comment: 'Name; null after an erasure.' },
        normalised_name: {
          type: 'text',
          nullable: true,
          personal: true,
          comment: 'Name without case, accents, punctuation and legal form: duplicates are looked for by it.',
        },
        normalised_tax_id: {
          type: 'text',
          nullable: true,
          personal: true,
          comment: 'Letters and digits of the tax id: duplicates are looked for by it.',
        },
        country: { type: 'text', nullable: true, comment: 'ISO 3166 alpha-2.' },
        region: { type: 'text', nullable: true, comment: 'Region.' },
        sector: { type: 'text', nullable: true, comment: 'Sector.' },
        parent_id: { type: 'uuid', nullable: true, comment: 'Account above this one.' },
        business_date: { type: 'date', comment: 'Date of the change.' },
        person_id: { type: 'uuid', nullable: true, comment: 'The account where it is a natural person.' },
      },
      indexes: ['normalised_name', 'normalised_tax_id', 'recorded_at'],
    },
    account_ownerships: {
      comment: 'Who answers for the relationship, one row per assignment.',
      key: ['account_id', 'revision'],
      columns: {
        account_id: accountId,
        ...knownColumns,
        owner_id: { type: 'uuid', nullable: true, comment: 'Staff member; null: nobody yet.' },
        business_date: { type: 'date', comment: 'First day of the assignment.' },
      },
      indexes: ['owner_id', 'recorded_at'],
    },
  },
  on: {
    [accountRegistered.type]: (event: CloudEvent<Unsealed<AccountRegistered>>) => [
      {
        table: 'account_numbers',
        put: {
          account_id: event.data.accountId,
          number: event.data.number,
          legal_form: event.data.legalForm,
          external_id: event.data.externalId,
          registered_on: event.data.businessDate,
          recorded_at: event.recordedat,
        },
      },
      profileRow(event),
      ownerRow(event),
    ],
    [accountChanged.type]: (event: CloudEvent<Unsealed<AccountChanged>>) => [profileRow(event)],
    [accountOwnerAssigned.type]: (event: CloudEvent<AccountOwnerAssigned>) => [ownerRow(event)],
  },
};
