import {
  accountRegistered,
  accountTermsSet,
  type AccountRegistered,
  type AccountTermsSet,
} from '@kontor/accounts-contracts';
import type { CloudEvent } from '@kontor/kernel';
import { priceListPublished, type PriceListPublishedV1 } from '@kontor/orders-contracts';
import type { Projection } from '@kontor/projections';
import {
  accountReleased,
  accountRestricted,
  type AccountReleasedV1,
  type AccountRestrictedV1,
} from '@kontor/receivables-contracts';

/** What a quote and an order need to know of accounts, their terms and their debts, and which price list is in force. */
export const orderFacts: Projection = {
  name: 'order_facts',
  version: 1,
  viewSchema: 'orders',
  tables: {
    known_accounts: {
      comment: 'Accounts that can be quoted and can order.',
      key: ['account_id'],
      columns: {
        account_id: { type: 'uuid', comment: 'Account.' },
        number: { type: 'text', comment: 'Number of the account.' },
        currency: { type: 'text', nullable: true, comment: 'Currency that the account is usually quoted in.' },
      },
    },
    account_terms: {
      comment: 'Terms of accounts by the date from which they hold.',
      key: ['account_id', 'entity_id', 'valid_from'],
      columns: {
        account_id: { type: 'uuid', comment: 'Account.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        valid_from: { type: 'date', comment: 'First day.' },
        payment_term_days: { type: 'integer', comment: 'Days to pay.' },
        payment_term_base: { type: 'text', comment: 'What the days are counted from.' },
        price_column: { type: 'text', nullable: true, comment: 'Column of the price list.' },
      },
    },
    account_restrictions: {
      comment: 'Restrictions put on accounts by their ledgers, one ledger per currency and legal entity.',
      key: ['ledger'],
      columns: {
        ledger: { type: 'text', comment: 'Stream of the ledger in receivables.' },
        account_id: { type: 'uuid', comment: 'Account.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        restriction: { type: 'text', comment: 'block-new-orders or prepayment-only.' },
      },
      indexes: ['account_id, entity_id'],
    },
    price_list_versions: {
      comment: 'Versions of price lists with their validity.',
      key: ['price_list_id', 'version'],
      columns: {
        price_list_id: { type: 'uuid', comment: 'Price list.' },
        version: { type: 'integer', comment: 'Version, from 1 on.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        name: { type: 'text', comment: 'Name of the list.' },
        currency: { type: 'text', comment: 'Currency of the prices.' },
        valid_from: { type: 'date', comment: 'First day.' },
        valid_to: { type: 'date', nullable: true, comment: 'Last day; null: open.' },
        prices: { type: 'integer', comment: 'How many prices it has.' },
        recorded_at: { type: 'timestamptz', comment: 'When it was published.' },
      },
      indexes: ['entity_id, currency, valid_from'],
    },
  },
  on: {
    [accountRegistered.type]: ({ data }: CloudEvent<AccountRegistered>) => [
      {
        table: 'known_accounts',
        put: { account_id: data.accountId, number: data.number, currency: data.currency },
      },
    ],
    [accountTermsSet.type]: ({ data }: CloudEvent<AccountTermsSet>) => [
      {
        table: 'account_terms',
        put: {
          account_id: data.accountId,
          entity_id: data.entityId,
          valid_from: data.validFrom,
          payment_term_days: data.paymentTermDays,
          payment_term_base: data.paymentTermBase,
          price_column: data.priceColumn,
        },
      },
    ],
    [accountRestricted.type]: ({ data, subject }: CloudEvent<AccountRestrictedV1>) => [
      {
        table: 'account_restrictions',
        put: {
          ledger: subject,
          account_id: data.accountId,
          entity_id: data.entityId,
          restriction: data.restriction,
        },
      },
    ],
    [accountReleased.type]: ({ subject }: CloudEvent<AccountReleasedV1>) => [
      { table: 'account_restrictions', key: { ledger: subject }, change: () => null },
    ],
    [priceListPublished.type]: ({ data, recordedat }: CloudEvent<PriceListPublishedV1>) => [
      {
        table: 'price_list_versions',
        put: {
          price_list_id: data.priceListId,
          version: data.version,
          entity_id: data.entityId,
          name: data.name,
          currency: data.currency,
          valid_from: data.validFrom,
          valid_to: data.validTo,
          prices: data.prices.length,
          recorded_at: recordedat,
        },
      },
    ],
  },
};
