import {
  accountChanged,
  type AccountChanged,
  accountRegistered,
  type AccountRegistered,
  contactAdded,
  type ContactAdded,
  contactChanged,
  type ContactChanged,
  personalDataErased,
} from '@kontor/accounts-contracts';
import type { CloudEvent } from '@kontor/kernel';
import type { Projection, RowChange } from '@kontor/projections';
import {
  creditLimitSet,
  creditRefused,
  creditReserved,
  itemOpened,
  paymentReceived,
} from '@kontor/receivables-contracts';
import { idOfSubject } from '../../receivables.streams.ts';

type Unsealed<Data> = { readonly [Field in keyof Data]: Data[Field] extends string | null ? Data[Field] : unknown };
interface LedgerFacts {
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
}

/** Every event that may be the first of a ledger leads here; the row says when the ledger was first heard of. */
function ledgerRow(event: CloudEvent<LedgerFacts>): readonly RowChange[] {
  const { accountId, entityId, currency } = event.data;
  const ledger_id = idOfSubject(event.subject);
  return [
    {
      table: 'ledgers',
      key: { ledger_id },
      change: (row) =>
        row ?? {
          ledger_id,
          account_id: accountId,
          entity_id: entityId,
          currency,
          recorded_at: event.recordedat,
        },
    },
  ];
}

function contactRow(event: CloudEvent<Unsealed<ContactAdded> | Unsealed<ContactChanged>>): readonly RowChange[] {
  const { contactId, accountId, roles, name, email, language } = event.data;
  const held = roles as readonly string[];
  return [
    {
      table: 'letter_contacts',
      put: {
        contact_id: contactId,
        account_id: accountId,
        for_dunning: held.includes('dunning'),
        for_billing: held.includes('billing'),
        name,
        email,
        language,
      },
    },
  ];
}

function nameRow(event: CloudEvent<Unsealed<AccountChanged>>): readonly RowChange[] {
  const { accountId, name, personName, parentId } = event.data;
  return [
    {
      table: 'ledger_accounts',
      key: { account_id: accountId },
      change: (row) => (row === undefined ? undefined : { ...row, name: name ?? personName, parent_id: parentId }),
    },
  ];
}

/** Which ledgers there are, and to whom the letters of an account go: what a dunning run works through. */
export const ledgerDirectory: Projection = {
  name: 'ledger_directory',
  version: 4,
  viewSchema: 'receivables',
  personal: { erasedBy: personalDataErased.type },
  tables: {
    ledgers: {
      comment: 'Ledgers: one account in one currency and legal entity.',
      key: ['ledger_id'],
      columns: {
        ledger_id: { type: 'uuid', comment: 'Ledger.' },
        account_id: { type: 'uuid', comment: 'Account.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        currency: { type: 'text', comment: 'Currency, ISO 4217.' },
        recorded_at: { type: 'timestamptz', comment: 'When the first event of the ledger was recorded.' },
      },
      indexes: ['account_id', 'entity_id, currency'],
    },
    ledger_accounts: {
      comment: 'Numbers, names and hierarchy of accounts, for lists, letters and the exposure of groups.',
      key: ['account_id'],
      subject: 'person_id',
      columns: {
        account_id: { type: 'uuid', comment: 'Account.' },
        number: { type: 'text', comment: 'Number of the account.' },
        name: { type: 'text', nullable: true, personal: true, comment: 'Name; null after an erasure.' },
        person_id: { type: 'uuid', nullable: true, comment: 'The account where it is a natural person.' },
        parent_id: { type: 'uuid', nullable: true, comment: 'The account above it; null: none.' },
      },
      indexes: ['number', 'parent_id'],
    },
    letter_contacts: {
      comment: 'Contacts that letters may be addressed to.',
      key: ['contact_id'],
      subject: 'contact_id',
      columns: {
        contact_id: { type: 'uuid', comment: 'Contact.' },
        account_id: { type: 'uuid', comment: 'Account.' },
        for_dunning: { type: 'boolean', comment: 'Has the role dunning.' },
        for_billing: { type: 'boolean', comment: 'Has the role billing.' },
        name: { type: 'text', nullable: true, personal: true, comment: 'Name; null after an erasure.' },
        language: { type: 'text', nullable: true, comment: 'ISO 639-1.' },
        // At the end: the views that analysts use keep their columns, and may only gain some.
        email: { type: 'text', nullable: true, personal: true, comment: 'Address; null after an erasure.' },
      },
      indexes: ['account_id'],
    },
  },
  on: {
    [creditLimitSet.type]: ledgerRow,
    [creditReserved.type]: ledgerRow,
    [creditRefused.type]: ledgerRow,
    [itemOpened.type]: ledgerRow,
    [paymentReceived.type]: ledgerRow,
    [accountRegistered.type]: (event: CloudEvent<Unsealed<AccountRegistered>>) => [
      {
        table: 'ledger_accounts',
        put: {
          account_id: event.data.accountId,
          number: event.data.number,
          name: event.data.name ?? event.data.personName,
          person_id: event.data.name === null ? event.data.accountId : null,
          parent_id: event.data.parentId,
        },
      },
    ],
    [accountChanged.type]: nameRow,
    [contactAdded.type]: contactRow,
    [contactChanged.type]: contactRow,
  },
};
