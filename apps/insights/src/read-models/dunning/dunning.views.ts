import type { Projection } from '@kontor/projections';

/** What analysts ask most, ready to be selected. None of it is personal. */
export const dunningViews: NonNullable<Projection['views']> = {
  open_items: {
    comment: 'Instalments that are open now, future-dated movements included, with the dunning level reached.',
    columns: {
      item_id: 'Instalment.',
      account_id: 'Account.',
      entity_id: 'Legal entity.',
      currency: 'Currency, ISO 4217.',
      invoice_number: 'Number of the invoice.',
      invoice_date: 'Invoice date.',
      due_date: 'Due date.',
      amount_minor: 'Original amount in minor units.',
      open_minor: 'Open now, in minor units.',
      level: 'Dunning level reached, 0 at first.',
    },
    select: `select item_id, account_id, entity_id, currency, invoice_number, invoice_date, due_date, amount_minor,
      open_minor, level from items where component = 'principal' and open_minor > 0`,
  },
  ledger_balances: {
    comment: 'What stands on each ledger now, future-dated movements included.',
    columns: {
      account_id: 'Account.',
      entity_id: 'Legal entity.',
      currency: 'Currency, ISO 4217.',
      principal_minor: 'Open principal in minor units.',
      charges_minor: 'Open fees and interest in minor units.',
      unallocated_minor: 'Credit on account in minor units.',
    },
    select: `select account_id, entity_id, currency,
      coalesce(sum(delta_minor) filter (where component = 'principal'), 0) as principal_minor,
      coalesce(sum(delta_minor) filter (where component in ('fee', 'interest')), 0) as charges_minor,
      coalesce(sum(delta_minor) filter (where component = 'unallocated'), 0) as unallocated_minor
      from ledger_lines group by account_id, entity_id, currency`,
  },
};
