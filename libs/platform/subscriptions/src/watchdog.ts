import type pg from 'pg';
import type { StuckInstance } from './runner-types.ts';
import { TIMER_OVERDUE_SECONDS } from './subscriptions.config.ts';

/**
 * What needs a person's eye in a service's processes (all of them, or one): parked lanes, timers overdue by a minute, and
 * instances that have been waiting for longer than `waitingSeconds`. `now` is the service's clock, as ISO text.
 */
export async function stuckInstances(
  pool: pg.Pool,
  schema: string,
  now: string,
  waitingSeconds: number,
  process: string | null = null,
): Promise<readonly StuckInstance[]> {
  const { rows } = await pool.query<StuckInstance>(
    `select process, key, reason, to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since, detail
     from (
       select process, lane as key, 'parked' as reason, since, error as detail from ${schema}.parked_lanes
       union all
       select process, key, 'timer-overdue', due_at, name from ${schema}.timers
       where due_at < $1::timestamptz - make_interval(secs => ${TIMER_OVERDUE_SECONDS})
       union all
       select process, key, 'waiting', last_recorded_at, awaiting from ${schema}.instances
       where awaiting is not null and last_recorded_at < $1::timestamptz - make_interval(secs => $2::double precision)
     ) stuck where $3::text is null or process = $3 order by since, process, key`,
    [now, waitingSeconds, process],
  );
  return rows;
}
