import type { Cursor } from '@kontor/http';
import type pg from 'pg';
import { Statement } from '../moment.ts';

export interface StaffListItem {
  readonly id: string;
  readonly name: string | null;
  readonly position: string;
  readonly managerId: string | null;
  readonly region: string | null;
  readonly since: string;
}

export interface StaffFilters {
  readonly managerId?: string | undefined;
  readonly region?: string | undefined;
  readonly externalId?: string | undefined;
}

/** The placings valid on a date, by staff id: names can be erased, and an order must not change by it. */
export async function listStaff(
  pool: pg.Pool,
  filters: StaffFilters,
  page: {
    readonly on: string;
    readonly asKnownAt: string;
    readonly after: Cursor | undefined;
    readonly limit: number;
  },
): Promise<StaffListItem[]> {
  const statement = new Statement();
  const where = ['true'];
  const known = `recorded_at <= ${statement.$(page.asKnownAt, 'timestamptz')}`;
  const begun = `business_date <= ${statement.$(page.on, 'date')}`;
  if (filters.managerId !== undefined) where.push(`p.manager_id = ${statement.$(filters.managerId, 'uuid')}`);
  if (filters.region !== undefined) where.push(`p.region = ${statement.$(filters.region, 'text')}`);
  if (filters.externalId !== undefined)
    where.push(
      `exists (select 1 from accounts.staff_placings x where x.staff_id = p.staff_id
         and x.external_id = ${statement.$(filters.externalId, 'text')})`,
    );
  if (page.after !== undefined) where.push(`p.staff_id > ${statement.$(page.after.id, 'uuid')}`);
  const { rows } = await pool.query<StaffListItem>(
    `select p.staff_id as id, p.name, p.staff_position as position, p.manager_id as "managerId", p.region,
            p.business_date::text as since
       from (select distinct on (staff_id) * from accounts.staff_placings
              where ${known} and ${begun} order by staff_id, business_date desc, revision desc) p
      where ${where.join(' and ')} order by p.staff_id limit ${statement.$(page.limit + 1, 'integer')}`,
    statement.values,
  );
  return rows;
}
