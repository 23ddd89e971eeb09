import type { Table } from '@kontor/projections';
import { factColumns } from '../facts.ts';

export const accountFacts: Table = {
  comment: 'What was said about accounts, one row per event: master data and ownership, dated on both axes.',
  key: ['account_id', 'revision'],
  subject: 'account_id',
  columns: {
    ...factColumns,
    account_id: { type: 'uuid', comment: 'Account.' },
    aspect: { type: 'text', comment: 'What the fact is about: master or owner. A registration states both.' },
    number: { type: 'text', nullable: true, comment: 'Number of the account (registration only).' },
    name: { type: 'text', nullable: true, comment: 'Name of a legal person (aspect master).' },
    person_name: {
      type: 'text',
      nullable: true,
      personal: true,
      comment: 'Name of a natural person; null after an erasure.',
    },
    sector: { type: 'text', nullable: true, comment: 'Sector (aspect master).' },
    region: { type: 'text', nullable: true, comment: 'Region (aspect master).' },
    parent_id: { type: 'uuid', nullable: true, comment: 'Account above this one (aspect master).' },
    owner_id: {
      type: 'uuid',
      nullable: true,
      comment: 'Staff member who answers for it (registration, aspect owner).',
    },
  },
  indexes: ['recorded_at'],
};

export const accounts: Table = {
  comment: 'Accounts as they are now.',
  key: ['account_id'],
  subject: 'account_id',
  columns: {
    account_id: { type: 'uuid', comment: 'Account.' },
    number: { type: 'text', comment: 'Number of the account.' },
    kind: { type: 'text', comment: 'customer, prospect, reseller, supplier, workshop, expert or authority.' },
    legal_form: { type: 'text', comment: 'legal or natural.' },
    name: { type: 'text', nullable: true, comment: 'Name of a legal person.' },
    person_name: {
      type: 'text',
      nullable: true,
      personal: true,
      comment: 'Name of a natural person; null after an erasure.',
    },
    country: { type: 'text', nullable: true, comment: 'ISO 3166 alpha-2.' },
    sector: { type: 'text', nullable: true, comment: 'Sector.' },
    region: { type: 'text', nullable: true, comment: 'Region.' },
    parent_id: { type: 'uuid', nullable: true, comment: 'Account above this one.' },
    owner_id: { type: 'uuid', nullable: true, comment: 'Staff member who answers for the relationship.' },
    external_id: { type: 'text', nullable: true, comment: 'Id in the system it was imported from.' },
    registered_on: { type: 'date', comment: 'Business date of the registration.' },
  },
  indexes: ['number', 'owner_id'],
};

export const accountThings: Table = {
  comment: 'Deals, claims and units with the account they belong to: their own events do not name it.',
  key: ['thing_id'],
  columns: {
    thing_id: { type: 'uuid', comment: 'Deal, claim or unit.' },
    account_id: { type: 'uuid', nullable: true, comment: 'Account it belongs to now.' },
  },
  indexes: ['account_id'],
};

/**
 * A client's whole history in the order of business dates. Its two indexes answer a page without sorting what is not
 * shown: events that name the account, and events of things that belong to it.
 */
export const timeline: Table = {
  comment: 'One row per published event that concerns an account, from all services.',
  key: ['service', 'position', 'entry'],
  columns: {
    service: { type: 'text', comment: 'Service whose log holds the event.' },
    ...factColumns,
    entry: { type: 'integer', comment: '0; 1 for a second account that the event concerns.' },
    account_id: { type: 'uuid', nullable: true, comment: 'Account; null where only the thing is named.' },
    thing_id: {
      type: 'uuid',
      nullable: true,
      comment: 'Deal, claim or unit, where the event does not name the account.',
    },
    kind: { type: 'text', comment: 'What it is about: account, deal, quote, order, delivery, invoice, payment, …' },
    title: { type: 'text', comment: 'What happened, in a few words without personal data.' },
    amount_minor: { type: 'bigint', nullable: true, comment: 'Amount in minor units, where there is one.' },
    currency: { type: 'text', nullable: true, comment: 'Currency of the amount.' },
  },
  indexes: ['account_id, business_date, recorded_at', 'thing_id', 'service, recorded_at'],
};
