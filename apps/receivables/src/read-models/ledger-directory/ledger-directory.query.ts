import type pg from 'pg';

export interface DirectoryLedger {
  readonly ledgerId: string;
  readonly accountId: string;
  readonly accountNumber: string | null;
}

/** Ledgers of an entity and currency, in ascending account number: the order in which a run decides them. */
export async function ledgersToDun(
  pool: pg.Pool,
  entityId: string,
  currency: string,
): Promise<readonly DirectoryLedger[]> {
  const { rows } = await pool.query<DirectoryLedger>(
    `select l.ledger_id as "ledgerId", l.account_id as "accountId", a.number as "accountNumber"
       from receivables.ledgers l left join receivables.ledger_accounts a using (account_id)
      where l.entity_id = $1 and l.currency = $2
      order by a.number collate "C" nulls last, l.account_id`,
    [entityId, currency],
  );
  return rows;
}

/** When the first ledger of an entity and currency was heard of (ISO instant); null: there is none. */
export async function firstLedgerRecordedAt(pool: pg.Pool, entityId: string, currency: string): Promise<string | null> {
  const { rows } = await pool.query<{ at: Date | null }>(
    'select min(recorded_at) as at from receivables.ledgers where entity_id = $1 and currency = $2',
    [entityId, currency],
  );
  return rows[0]?.at?.toISOString() ?? null;
}

export async function currenciesOf(pool: pg.Pool, entityId: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ currency: string }>(
    'select distinct currency from receivables.ledgers where entity_id = $1 order by currency',
    [entityId],
  );
  return rows.map(({ currency }) => currency);
}

export interface Addressee {
  readonly accountNumber: string;
  readonly accountName: string | null;
  readonly contactId: string | null;
  readonly contactName: string | null;
  readonly email: string | null;
}

/** the dunning contact as it is now, else the one for billing, else the account itself. */
export async function addresseeOf(pool: pg.Pool, accountId: string): Promise<Addressee> {
  const { rows } = await pool.query<Addressee>(
    `select coalesce(a.number, '') as "accountNumber", a.name as "accountName",
            c.contact_id as "contactId", c.name as "contactName", c.email
       from (select $1::uuid as account_id) wanted
       left join receivables.ledger_accounts a using (account_id)
       left join lateral (select * from receivables.letter_contacts c
         where c.account_id = wanted.account_id and (c.for_dunning or c.for_billing)
         order by c.for_dunning desc, c.contact_id limit 1) c on true`,
    [accountId],
  );
  return rows[0] ?? { accountNumber: '', accountName: null, contactId: null, contactName: null, email: null };
}
