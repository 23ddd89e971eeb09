import type { Scope } from '@kontor/auth';
import type { Cursor } from '@kontor/http';
import { normalisedName } from '@kontor/accounts-domain';
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
