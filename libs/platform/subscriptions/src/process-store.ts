import { Checkpoints, errorText, type Prepared, prepared } from '@kontor/feed';
import type { CloudEvent, ProcessTimer } from '@kontor/kernel';
import type pg from 'pg';
import { LeaseLost } from './errors.ts';
import type { Trigger } from './reaction-plan.ts';
import { TIMER_BATCH } from './subscriptions.config.ts';

export interface Letter {
  readonly event: CloudEvent;
  readonly service: string;
  readonly lane: string;
  /** Null: it waits behind one that failed. */
  readonly error: unknown;
}

export interface InstanceChange<State> {
  readonly key: string;
  readonly state: State;
  readonly awaiting: string | null;
  readonly trigger: Trigger;
}

export interface TimerChange {
  readonly key: string;
  readonly timer: ProcessTimer;
  readonly trigger: Trigger;
}

export interface StoredTimer {
  readonly key: string;
  readonly timer: ProcessTimer;
  readonly causationId: string;
  readonly correlationId: string;
  readonly recordedAt: string;
}

export interface SkippedBy {
  readonly actor: string;
  readonly reason: string;
}

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/** The rows of one process in the schema of its service. */
export class ProcessStore<State> {
  readonly checkpoints: Checkpoints;
  readonly schema: string;
  readonly process: string;
  readonly #states: Prepared;
  readonly #save: Prepared;
  readonly #set: Prepared;

  constructor(schema: string, process: string) {
    this.schema = schema;
    this.process = process;
    this.checkpoints = new Checkpoints(schema, process);
    this.#states = prepared(`select key, state::text from ${schema}.instances where process = $1 and key = any($2)`);
    this.#save = prepared(`insert into ${schema}.instances
        (process, key, state, awaiting, last_event_id, last_recorded_at)
      select $1, * from unnest($2::text[], $3::json[], $4::text[], $5::uuid[], $6::timestamptz[])
      on conflict (process, key) do update set state = excluded.state, awaiting = excluded.awaiting,
        last_event_id = excluded.last_event_id, last_recorded_at = excluded.last_recorded_at`);
    this.#set = prepared(`insert into ${schema}.timers
        (process, key, name, due_at, timer, causation_id, correlation_id, recorded_at)
      select $1, * from unnest($2::text[], $3::text[], $4::timestamptz[], $5::json[], $6::uuid[], $7::text[],
        $8::timestamptz[])
      on conflict (process, key, name) do update set due_at = excluded.due_at, timer = excluded.timer,
        causation_id = excluded.causation_id, correlation_id = excluded.correlation_id,
        recorded_at = excluded.recorded_at`);
  }

  /** The row stays locked until the transaction ends, so that nobody takes over in between. Throws LeaseLost. */
  async fence(client: pg.ClientBase, token: string): Promise<void> {
    const { rows } = await client.query<{ token: string }>(
      `select token from ${this.schema}.leases where process = $1 for share`,
      [this.process],
    );
    if (rows[0]?.token !== token) throw new LeaseLost(this.process);
  }

  async states(client: pg.Pool | pg.ClientBase, keys: readonly string[]): Promise<Map<string, State>> {
    if (keys.length === 0) return new Map();
    const { rows } = await client.query<{ key: string; state: string }>({
      ...this.#states,
      values: [this.process, keys],
    });
    return new Map(rows.map((row) => [row.key, JSON.parse(row.state) as State]));
  }

  async save(client: pg.ClientBase, changes: readonly InstanceChange<State>[]): Promise<void> {
    if (changes.length === 0) return;
    await client.query({
      ...this.#save,
      values: [
        this.process,
        changes.map(({ key }) => key),
        changes.map(({ state }) => JSON.stringify(state)),
        changes.map(({ awaiting }) => awaiting),
        changes.map(({ trigger }) => trigger.causationId),
        changes.map(({ trigger }) => trigger.recordedAt),
      ],
    });
  }

  /** Of several settings of one timer the last counts. */
  async setTimers(client: pg.ClientBase, timers: readonly TimerChange[]): Promise<void> {
    if (timers.length === 0) return;
    const last = [...new Map(timers.map((one) => [`${one.key}\u0000${one.timer.name}`, one])).values()];
    await client.query({
      ...this.#set,
      values: [
        this.process,
        last.map(({ key }) => key),
        last.map(({ timer }) => timer.name),
        last.map(({ timer }) => timer.dueAt),
        last.map(({ timer }) => JSON.stringify(timer)),
        last.map(({ trigger }) => trigger.causationId),
        last.map(({ trigger }) => trigger.correlationId),
        last.map(({ trigger }) => trigger.recordedAt),
      ],
    });
  }

  /** Due timers of instances that are not parked; `only`: whether this one still is, as it is set now. */
  async dueTimers(client: pg.Pool, now: string, only?: StoredTimer): Promise<readonly StoredTimer[]> {
    const { rows } = await client.query<{
      key: string;
      timer: string;
      causation_id: string;
      correlation_id: string;
      recorded_at: string;
    }>(
      `select key, timer::text, causation_id, correlation_id,
              to_char(recorded_at at time zone 'UTC', ${UTC}) as recorded_at
       from ${this.schema}.timers t where process = $1 and due_at <= $2 and ($3::text is null or key = $3 and name = $4)
         and not exists (select 1 from ${this.schema}.parked_lanes l where l.process = $1 and l.lane = 'key:' || t.key)
       order by due_at, key, name limit ${TIMER_BATCH}`,
      [this.process, now, only?.key ?? null, only?.timer.name ?? null],
    );
    return rows.map((row) => ({
      key: row.key,
      timer: JSON.parse(row.timer) as ProcessTimer,
      causationId: row.causation_id,
      correlationId: row.correlation_id,
      recordedAt: row.recorded_at,
    }));
  }

  async removeTimer(client: pg.ClientBase, { key, timer }: StoredTimer): Promise<void> {
    await client.query(`delete from ${this.schema}.timers where process = $1 and key = $2 and name = $3`, [
      this.process,
      key,
      timer.name,
    ]);
  }

  async parkedLanes(client: pg.Pool | pg.ClientBase): Promise<Set<string>> {
    const { rows } = await client.query<{ lane: string }>(
      `select lane from ${this.schema}.parked_lanes where process = $1`,
      [this.process],
    );
    return new Set(rows.map(({ lane }) => lane));
  }

  async park(client: pg.ClientBase, lane: string, since: string, error: unknown): Promise<void> {
    await client.query(
      `insert into ${this.schema}.parked_lanes (process, lane, since, error) values ($1, $2, $3, $4)
       on conflict (process, lane) do update set error = excluded.error`,
      [this.process, lane, since, storable(errorText(error))],
    );
  }

  async addLetters(client: pg.ClientBase, letters: readonly Letter[]): Promise<void> {
    for (const { event, service, lane, error } of letters) {
      const text = error === null ? null : storable(errorText(error));
      await client.query(
        `insert into ${this.schema}.dead_letters (process, service, position, lane, event_id, error, contract)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (process, service, position) do nothing`,
        [this.process, service, event.position, lane, event.id, text, JSON.stringify(event)],
      );
      if (error !== null) await this.park(client, lane, event.recordedat, error);
    }
  }

  /** In the order in which they came from each service; services are not ordered against each other anyway. */
  async letters(client: pg.Pool, lane: string): Promise<readonly { service: string; event: CloudEvent }[]> {
    const { rows } = await client.query<{ service: string; contract: string }>(
      `select service, contract::text from ${this.schema}.dead_letters where process = $1 and lane = $2
       order by (contract ->> 'recordedat'), service, position`,
      [this.process, lane],
    );
    return rows.map(({ service, contract }) => ({ service, event: JSON.parse(contract) as CloudEvent }));
  }

  async removeLetter(client: pg.ClientBase, service: string, event: CloudEvent): Promise<void> {
    await client.query(
      `delete from ${this.schema}.dead_letters where process = $1 and service = $2 and position = $3`,
      [this.process, service, event.position],
    );
  }

  async skipped(client: pg.Pool): Promise<ReadonlySet<string>> {
    const { rows } = await client.query<{ eventId: string }>(
      `select event_id as "eventId" from ${this.schema}.skips where process = $1`,
      [this.process],
    );
    return new Set(rows.map(({ eventId }) => eventId));
  }

  async addSkip(client: pg.ClientBase, eventId: string, { actor, reason }: SkippedBy): Promise<void> {
    await client.query(
      `insert into ${this.schema}.skips (process, event_id, who, why) values ($1, $2, $3, $4) on conflict do nothing`,
      [this.process, eventId, actor, reason],
    );
  }

  async release(client: pg.ClientBase, lane: string): Promise<void> {
    await client.query(`delete from ${this.schema}.parked_lanes where process = $1 and lane = $2`, [
      this.process,
      lane,
    ]);
  }

  async counts(client: pg.Pool): Promise<{ parkedLanes: number; timers: number }> {
    const { rows } = await client.query<{ lanes: number; timers: number }>(
      `select (select count(*)::int from ${this.schema}.parked_lanes where process = $1) as lanes,
              (select count(*)::int from ${this.schema}.timers where process = $1) as timers`,
      [this.process],
    );
    return { parkedLanes: rows[0]?.lanes ?? 0, timers: rows[0]?.timers ?? 0 };
  }
}

function storable(text: string): string {
  return text.replaceAll('\u0000', '\\0');
}
