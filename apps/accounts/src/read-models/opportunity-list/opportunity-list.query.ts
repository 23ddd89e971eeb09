import type { Scope } from '@kontor/auth';
import type { Cursor } from '@kontor/http';
import type { Money } from '@kontor/kernel';
import type pg from 'pg';
import { Statement } from '../moment.ts';

export interface OpportunityListItem {
  readonly id: string;
  readonly title: string;
  readonly accountId: string | null;
  readonly ownerId: string | null;
  readonly stage: string;
  readonly stageKind: string;
  readonly amount: Money | null;
  readonly expectedClose: string | null;
  readonly productId: string | null;
  readonly externalId: string | null;
  readonly openedOn: string;
}

export interface OpportunityFilters {
  readonly externalId?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly stage?: string | undefined;
  readonly kind?: string | undefined;
  readonly queue?: 'enquiries' | undefined;
}

export const OPPORTUNITY_TABLES = ['opportunities', 'opportunity_facts'];

interface ListRow extends Omit<OpportunityListItem, 'amount'> {
  readonly amountMinor: string | null;
  readonly currency: string | null;
}

/** A page by opening date and id, `limit + 1` rows: neither ever changes. */
export async function listOpportunities(
  pool: pg.Pool,
  filters: OpportunityFilters,
  scope: Scope,
  page: { readonly asKnownAt: string; readonly after: Cursor | undefined; readonly limit: number },
): Promise<OpportunityListItem[]> {
  const statement = new Statement();
  const at = statement.$(page.asKnownAt, 'timestamptz');
  const where = [`d.recorded_at <= ${at}`];
  const latest = (aspect: string, alias: string) => `left join lateral (
      select * from accounts.opportunity_facts where opportunity_id = d.opportunity_id and aspect = '${aspect}'
         and recorded_at <= ${at} order by revision desc limit 1) ${alias} on true`;
  if (filters.externalId !== undefined) where.push(`d.external_id = ${statement.$(filters.externalId, 'text')}`);
  if (filters.ownerId !== undefined) where.push(`o.owner_id = ${statement.$(filters.ownerId, 'uuid')}`);
  if (filters.accountId !== undefined) where.push(`a.account_id = ${statement.$(filters.accountId, 'uuid')}`);
  if (filters.stage !== undefined) where.push(`s.stage = ${statement.$(filters.stage, 'text')}`);
  if (filters.kind !== undefined) where.push(`s.stage_kind = ${statement.$(filters.kind, 'text')}`);
  if (filters.queue !== undefined) where.push('a.account_id is null');
  if (scope.kind === 'owners') where.push(`o.owner_id = any(${statement.$([...scope.ownerIds], 'uuid[]')})`);
  if (page.after !== undefined)
    where.push(
      `(d.opened_on, d.opportunity_id) > (${statement.$(page.after.key, 'date')}, ${statement.$(page.after.id, 'uuid')})`,
    );
  const { rows } = await pool.query<ListRow>(
    `select d.opportunity_id as id, d.title, a.account_id as "accountId", o.owner_id as "ownerId", s.stage,
            s.stage_kind as "stageKind", m.amount_minor::text as "amountMinor", m.currency,
            c.expected_close::text as "expectedClose", d.product_id as "productId", d.external_id as "externalId",
            d.opened_on::text as "openedOn"
       from accounts.opportunities d
       ${latest('stage', 's')} ${latest('amount', 'm')} ${latest('owner', 'o')} ${latest('account', 'a')}
       ${latest('close', 'c')}
      where ${where.join(' and ')}
      order by d.opened_on, d.opportunity_id limit ${statement.$(page.limit + 1, 'integer')}`,
    statement.values,
  );
  return rows.map(({ amountMinor, currency, ...row }) => ({
    ...row,
    amount: amountMinor === null || currency === null ? null : { amountMinor: Number(amountMinor), currency },
  }));
}
