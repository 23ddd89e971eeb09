import type pg from 'pg';
import type { Move } from './log-moves.ts';
import type { PositionColumn } from './position-columns.ts';

/** In SQL: where a reader stands in the new log who has handled everything up to `position` of the old one. */
const floorSql = (service: string, position: string): string =>
  `coalesce((select m.new from moved m where m.service = ${service} and m.old <= ${position} order by m.old desc limit 1), 0)`;

/** A position in a read model at which no event stands: it is not what it is taken for, and nothing is changed. */
export class PositionWithoutEvent extends Error {
  constructor(
    readonly column: string,
    readonly position: string,
  ) {
    super(`${column} holds the position ${position}, at which no event stands`);
    this.name = 'PositionWithoutEvent';
  }
}

/** Checkpoints of projections and their copies, of processes and whoever else keeps such rows: all that the catalogue knows. */
export async function translateCheckpoints(client: pg.ClientBase, moves: readonly Move[]): Promise<number> {
  let changed = 0;
  for (const schema of await schemasWith(client, 'checkpoints', [
    'consumer',
    'service',
    'partition',
    'log_id',
    'epoch',
  ]))
    for (const { service, oldLog, newLog } of moves) {
      const { rowCount } = await client.query(
        `update ${schema}.checkpoints c set position = ${floorSql('$1', 'c.position')}, log_id = $3, epoch = gen_random_uuid()
          where service = $1 and log_id = $2`,
        [service, oldLog, newLog],
      );
      changed += rowCount ?? 0;
    }
  return changed;
}

/** What a relay knows of its topic: the records that are there name the old log, those that follow the new one. */
export async function translateRelays(client: pg.ClientBase, moves: readonly Move[]): Promise<number> {
  let changed = 0;
  for (const schema of await schemasWith(client, 'relay', ['topic', 'partition', 'log_id', 'previous']))
    for (const { service, oldLog, newLog } of moves) {
      const { rowCount } = await client.query(
        `update ${schema}.relay r set position = ${floorSql('$1', 'r.position')}, previous = ${floorSql('$1', 'r.previous')},
                log_id = $3 where log_id = $2`,
        [service, oldLog, newLog],
      );
      changed += rowCount ?? 0;
    }
  // A replay into a topic of its own is of one log from its first record to its last.
  for (const schema of await schemasWith(client, 'topic_replays', ['log_id', 'state', 'error']))
    await client.query(
      `update ${schema}.topic_replays set state = 'failed', ended_at = clock_timestamp(),
              error = 'the log was moved to another store: begin the replay again'
        where state = 'running' and log_id = any ($1)`,
      [moves.map(({ oldLog }) => oldLog)],
    );
  return changed;
}

/** What readers of the history have said of themselves. */
export async function translateReaders(client: pg.ClientBase, moves: readonly Move[]): Promise<number> {
  let changed = 0;
  for (const schema of await schemasWith(client, 'consumers', ['consumer', 'service', 'handled']))
    for (const { service } of moves) {
      const { rowCount } = await client.query(
        `update ${schema}.consumers c set handled = ${floorSql('$1', 'c.handled')} where service = $1`,
        [service],
      );
      changed += rowCount ?? 0;
    }
  return changed;
}

/** Parked streams and their dead letters, of projections and processes. */
export async function translateParked(client: pg.ClientBase, moves: readonly Move[]): Promise<number> {
  const logs = new Map(moves.map(({ service, newLog }) => [service, newLog]));
  for (const schema of await schemasWith(client, 'parked_streams', ['service', 'since_position']))
    await client.query(
      `update ${schema}.parked_streams p set since_position = ${floorSql('p.service', 'p.since_position')}
        where service = any ($1)`,
      [[...logs.keys()]],
    );
  let changed = 0;
  for (const schema of await schemasWith(client, 'dead_letters', ['service', 'position', 'contract'])) {
    const { rows } = await client.query<{ id: string; service: string; old: string; new: string; contract: string }>(
      `select d.ctid::text as id, d.service, d.position::text as old, ${floorSql('d.service', 'd.position')}::text as new,
              d.contract::text from ${schema}.dead_letters d where service = any ($1)`,
      [[...logs.keys()]],
    );
    for (const row of rows) {
      const contract = JSON.parse(row.contract) as { readonly [field: string]: unknown };
      const moved = { ...contract, logid: logs.get(row.service), position: row.new, previousposition: '0' };
      // Negative first: a key that is given up must be free before another row takes it.
      await client.query(
        `update ${schema}.dead_letters set position = - $2::bigint, contract = $3 where ctid = $1::tid`,
        [...[row.id, row.new, JSON.stringify(moved)]],
      );
    }
    await client.query(`update ${schema}.dead_letters set position = - position where position < 0`);
    changed += rows.length;
  }
  return changed;
}

/** Positions that read models show. Throws PositionWithoutEvent. */
export async function translateRows(client: pg.ClientBase, columns: readonly PositionColumn[]): Promise<number> {
  let changed = 0;
  for (const { schema, table, column, service, unique } of columns) {
    const target = `${schema}."${table}"`;
    const { rows } = await client.query<{ position: string }>(
      `select t."${column}"::text as position from ${target} t
        where t."${column}" is not null and ${service} in (select distinct service from moved)
          and not exists (select from moved m where m.service = ${service} and m.old = t."${column}") limit 1`,
    );
    if (rows[0] !== undefined) throw new PositionWithoutEvent(`${target}.${column}`, rows[0].position);
    const { rowCount } = await client.query(
      `update ${target} t set "${column}" = ${unique ? '- ' : ''}m.new from moved m
        where m.service = ${service} and m.old = t."${column}"`,
    );
    if (unique) await client.query(`update ${target} set "${column}" = - "${column}" where "${column}" < 0`);
    changed += rowCount ?? 0;
  }
  return changed;
}

async function schemasWith(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ schema: string }>(
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = $1 and c.relkind = 'r'
        and (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname = any ($2)) = cardinality($2::text[])
      order by n.nspname`,
    [table, columns],
  );
  return rows.map(({ schema }) => schema);
}
