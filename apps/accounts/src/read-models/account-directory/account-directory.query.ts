import type { Scope } from '@kontor/auth';
import { prepared } from '@kontor/feed';
import type { Cursor } from '@kontor/http';
import { normalisedName, normalisedTaxId } from '@kontor/accounts-domain';
import type pg from 'pg';
import { containing, Statement } from '../moment.ts';

export interface AccountListItem {
  readonly id: string;
  readonly number: string;
  readonly kind: string;
  readonly legalForm: string;
  readonly name: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly sector: string | null;
  readonly parentId: string | null;
  readonly ownerId: string | null;
  readonly externalId: string | null;
  readonly registeredOn: string;
}

export interface AccountFilters {
  readonly number?: string | undefined;
  readonly name?: string | undefined;
  readonly externalId?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly kind?: string | undefined;
}

export interface Duplicate {
  readonly accountId: string | null;
  readonly number: string;
  readonly name: string | null;
  readonly by: 'tax-id' | 'name';
}

export const DIRECTORY_TABLES = ['account_numbers', 'account_profiles', 'account_ownerships'];

/** A page by account number, `limit + 1` rows: the numbers never change, so the order is the same on every page. */
export async function listAccounts(
  pool: pg.Pool,
  filters: AccountFilters,
  scope: Scope,
  page: { readonly asKnownAt: string; readonly after: Cursor | undefined; readonly limit: number },
): Promise<AccountListItem[]> {
  const statement = new Statement();
  const at = statement.$(page.asKnownAt, 'timestamptz');
  const where = [`a.recorded_at <= ${at}`];
  if (filters.number !== undefined) where.push(`a.number = ${statement.$(filters.number, 'text')}`);
  if (filters.externalId !== undefined) where.push(`a.external_id = ${statement.$(filters.externalId, 'text')}`);
  if (filters.kind !== undefined) where.push(`p.kind = ${statement.$(filters.kind, 'text')}`);
  if (filters.ownerId !== undefined) where.push(`o.owner_id = ${statement.$(filters.ownerId, 'uuid')}`);
  if (filters.name !== undefined)
    where.push(`p.normalised_name like ${statement.$(containing(normalisedName(filters.name)), 'text')}`);
  if (scope.kind === 'owners') where.push(`o.owner_id = any(${statement.$([...scope.ownerIds], 'uuid[]')})`);
  if (page.after !== undefined)
    where.push(
      `(a.number collate "C", a.account_id) > (${statement.$(page.after.key, 'text')}, ${statement.$(page.after.id, 'uuid')})`,
    );
  const { rows } = await pool.query<AccountListItem>(
    `select a.account_id as id, a.number, p.kind, a.legal_form as "legalForm", p.name, p.country, p.region, p.sector,
            p.parent_id as "parentId", o.owner_id as "ownerId", a.external_id as "externalId",
            a.registered_on::text as "registeredOn"
       from accounts.account_numbers a
       cross join lateral (select * from accounts.account_profiles
         where account_id = a.account_id and recorded_at <= ${at} order by revision desc limit 1) p
       cross join lateral (select * from accounts.account_ownerships
         where account_id = a.account_id and recorded_at <= ${at} order by revision desc limit 1) o
      where ${where.join(' and ')}
      order by a.number collate "C", a.account_id
      limit ${statement.$(page.limit + 1, 'integer')}`,
    statement.values,
  );
  return rows;
}

/** Most that are worth showing to a person. */
const MAX_DUPLICATES = 10;

/**
 * Asked at every registration, so planned once per connection, perhaps while the tables are empty: written so that a plan
 * made then is still one by keys when they are full.
 */
const DUPLICATES = prepared(
  `select found.account_id as "accountId", a.number, p.name, p.normalised_tax_id = $2 is true as "byTaxId",
          o.owner_id as "ownerId"
     from (select account_id from accounts.account_profiles where normalised_name = nullif($1, '')
           union select account_id from accounts.account_profiles where normalised_tax_id = nullif($2, '')) found
     cross join lateral (select * from accounts.account_profiles
       where account_id = found.account_id order by revision desc limit 1) p
     cross join lateral (select * from accounts.account_numbers where account_id = found.account_id limit 1) a
     left join lateral (select * from accounts.account_ownerships
       where account_id = found.account_id order by revision desc limit 1) o on true
    where found.account_id is distinct from $3::uuid
      and (p.normalised_name = nullif($1, '') or p.normalised_tax_id = nullif($2, ''))
    order by "byTaxId" desc, a.number collate "C" limit $4`,
);

/**
 * other accounts with the same tax id or the same normalised name, those of the tax id first. Of accounts outside the
 * scope only the number is said: that there is one matters to whoever registers, whose it is does not.
 */
export async function findDuplicates(
  pool: pg.Pool,
  of: { readonly name: string | null; readonly taxId: string | null; readonly exceptId: string | null },
  scope: Scope,
): Promise<Duplicate[]> {
  const name = of.name === null ? '' : normalisedName(of.name);
  const taxId = of.taxId === null ? '' : normalisedTaxId(of.taxId);
  if (name === '' && taxId === '') return [];
  const { rows } = await pool.query<{
    accountId: string;
    number: string;
    name: string | null;
    ownerId: string | null;
    byTaxId: boolean;
  }>({ ...DUPLICATES, values: [name, taxId, of.exceptId, MAX_DUPLICATES] });
  return rows.map((row) => {
    const visible = scope.kind === 'all' || (row.ownerId !== null && scope.ownerIds.includes(row.ownerId));
    return {
      accountId: visible ? row.accountId : null,
      number: row.number,
      name: visible ? row.name : null,
      by: row.byTaxId ? 'tax-id' : 'name',
    };
  });
}
