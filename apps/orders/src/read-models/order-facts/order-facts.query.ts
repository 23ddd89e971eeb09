import type { Restriction } from '@kontor/orders-domain';
import type pg from 'pg';
import { DEFAULT_TERMS } from '../../orders.config.ts';

export interface Terms {
  readonly paymentTermDays: number;
  readonly paymentTermBase: 'invoice-date' | 'end-of-month';
  readonly priceColumn: string | null;
}

export interface KnownAccount {
  readonly number: string;
  readonly currency: string | null;
}

export async function knownAccount(pool: pg.Pool, accountId: string): Promise<KnownAccount | undefined> {
  const { rows } = await pool.query<KnownAccount>(
    'select number, currency from orders.known_accounts where account_id = $1',
    [accountId],
  );
  return rows[0];
}

/** The terms in force on the date, or those of the house where none were set. */
export async function termsOn(pool: pg.Pool, accountId: string, entityId: string, date: string): Promise<Terms> {
  const { rows } = await pool.query<Terms>(
    `select payment_term_days as "paymentTermDays", payment_term_base as "paymentTermBase",
            price_column as "priceColumn"
     from orders.account_terms where account_id = $1 and entity_id = $2 and valid_from <= $3
     order by valid_from desc limit 1`,
    [accountId, entityId, date],
  );
  return rows[0] ?? DEFAULT_TERMS;
}

/** The harder restriction, where ledgers of several currencies put one on the account. */
export async function restrictionOf(pool: pg.Pool, accountId: string, entityId: string): Promise<Restriction | null> {
  const { rows } = await pool.query<{ restriction: Restriction }>(
    `select restriction from orders.account_restrictions where account_id = $1 and entity_id = $2
     order by restriction = 'block-new-orders' desc limit 1`,
    [accountId, entityId],
  );
  return rows[0]?.restriction ?? null;
}

/** The general list: of those in force on the date the one published last. */
export async function priceListOn(
  pool: pg.Pool,
  entityId: string,
  currency: string,
  date: string,
): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string }>(
    `select price_list_id as id from orders.price_list_versions
     where entity_id = $1 and currency = $2 and valid_from <= $3 and (valid_to is null or valid_to >= $3)
     order by recorded_at desc, price_list_id limit 1`,
    [entityId, currency, date],
  );
  return rows[0]?.id;
}
