import type pg from 'pg';

/** Notices that wait for an attempt that is due, the longest first. */
export async function dueNotices(pool: pg.Pool, now: string, limit: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select notice_id as id from receivables.notice_outbox where status = 'waiting' and (due_at is null or due_at <= $1)
      order by due_at nulls first, notice_id limit $2`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}
