import type pg from 'pg';

/** Values of one statement: `$` gives the placeholder of a value, so that nothing is ever pasted into SQL. */
export class Statement {
  readonly values: unknown[] = [];

  $(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

/**
 * The moment that all pages of a list share: that of the newest row when the first page was asked for. The clock would
 * not do, since what is recorded before it may be folded after the first page.
 */
export async function newestOf(pool: pg.Pool, tables: readonly string[], now: string): Promise<string> {
  const newest = tables.map((table) => `(select max(recorded_at) as at from accounts.${table})`).join(' union all ');
  const { rows } = await pool.query<{ at: string | null }>(
    `select to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from (${newest}) newest`,
  );
  return rows[0]?.at ?? now;
}

/** Text that is found anywhere in a column, whatever wildcards it holds. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
