import type pg from 'pg';
import type { Projection, Table } from '../projection.ts';
import { schemaOf } from '../schema.ts';
import { SHOWN_DIFFERENCES } from './rebuild.config.ts';

/** One row as both copies hold it, as JSON, but for what is personal; null: not there. */
export interface DifferentRow {
  readonly key: { readonly [column: string]: string };
  readonly live: { readonly [column: string]: unknown } | null;
  readonly rebuilt: { readonly [column: string]: unknown } | null;
  /** The events that touch the row, oldest first. */
  readonly events: readonly EventBehind[];
}

export interface EventBehind {
  readonly service: string;
  readonly position: string;
  readonly eventId: string;
  readonly contract: string;
  readonly stream: string;
}

export interface TableComparison {
  readonly table: string;
  /** other-columns: the versions declare the table differently, so its rows are not compared. */
  readonly verdict: 'equal' | 'different' | 'other-columns' | 'only-live' | 'only-rebuilt';
  readonly live: RowsHash | null;
  readonly rebuilt: RowsHash | null;
  readonly differentRows: number;
  readonly first: readonly DifferentRow[];
}

/** Number of rows and the sum of their hashes: the same whatever the order. */
export interface RowsHash {
  readonly rows: string;
  readonly hash: string;
}

export interface Comparison {
  readonly at: string;
  /** The checkpoint at which both copies were compared. */
  readonly positions: { readonly [service: string]: string };
  readonly equal: boolean;
  readonly tables: readonly TableComparison[];
}

/** Compares table by table what one REPEATABLE READ transaction sees of both copies. */
export async function compareTables(
  client: pg.ClientBase,
  live: Projection,
  rebuilt: Projection,
): Promise<readonly TableComparison[]> {
  const compared: TableComparison[] = [];
  for (const name of new Set([...Object.keys(live.tables), ...Object.keys(rebuilt.tables)])) {
    const [left, right] = [live.tables[name], rebuilt.tables[name]];
    const nothing = { table: name, live: null, rebuilt: null, differentRows: 0, first: [] };
    if (left === undefined) compared.push({ ...nothing, verdict: 'only-rebuilt' });
    else if (right === undefined) compared.push({ ...nothing, verdict: 'only-live' });
    else if (columnsOf(left) !== columnsOf(right)) compared.push({ ...nothing, verdict: 'other-columns' });
    else compared.push(await compareTable(client, name, left, schemaOf(live), schemaOf(rebuilt)));
  }
  return compared;
}

/** Tables that are declared otherwise are a matter of the version, not a difference of the rows. */
export function allEqual(tables: readonly TableComparison[]): boolean {
  return tables.every(({ verdict }) => verdict !== 'different');
}

async function compareTable(
  client: pg.ClientBase,
  name: string,
  table: Table,
  live: string,
  rebuilt: string,
): Promise<TableComparison> {
  const columns = Object.keys(table.columns)
    .map((column) => `"${column}"`)
    .join(', ');
  const of = (schema: string) => `(select ${columns} from ${schema}."${name}")`;
  const hashOf = async (schema: string): Promise<RowsHash> => {
    const { rows } = await client.query<RowsHash>(
      `select count(*)::text as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as hash
       from ${of(schema)} t`,
    );
    return rows[0] as RowsHash;
  };
  const [left, right] = [await hashOf(live), await hashOf(rebuilt)];
  const compared = { table: name, live: left, rebuilt: right };
  if (left.rows === right.rows && left.hash === right.hash)
    return { ...compared, verdict: 'equal', differentRows: 0, first: [] };
  const using = table.key.map((column) => `"${column}"`).join(', ');
  const key = table.key.map((column) => `'${column}', "${column}"::text`).join(', ');
  const { rows } = await client.query<{
    key: DifferentRow['key'];
    live: DifferentRow['live'];
    rebuilt: DifferentRow['rebuilt'];
    total: string;
  }>(
    `select jsonb_build_object(${key}) as key, to_jsonb(l) as live, to_jsonb(r) as rebuilt, count(*) over ()::text as total
     from ${of(live)} l full join ${of(rebuilt)} r using (${using})
     where l::text is distinct from r::text order by ${using} limit ${SHOWN_DIFFERENCES}`,
  );
  return {
    ...compared,
    verdict: 'different',
    differentRows: Number(rows[0]?.total ?? 0),
    first: rows.map((row) => ({ key: row.key, ...withheld(row, table), events: [] })),
  };
}

const PERSONAL = 'personal, withheld';
const ANOTHER = 'personal, withheld, another';

/**
 * What a comparison shows is kept with it, is seen by whoever may see it, and goes into the log: no erasure reaches it there. So of
 * personal data it says only whether there are any, and whether they are the same.
 */
function withheld({ live, rebuilt }: Pick<DifferentRow, 'live' | 'rebuilt'>, { columns }: Table) {
  const personal = Object.entries(columns).flatMap(([name, column]) => (column.personal === true ? [name] : []));
  const masked = (row: DifferentRow['live'], mark: (column: string) => string) =>
    row === null
      ? null
      : {
          ...row,
          ...Object.fromEntries(personal.map((column) => [column, row[column] === null ? null : mark(column)])),
        };
  return {
    live: masked(live, () => PERSONAL),
    rebuilt: masked(rebuilt, (column) =>
      live === null || JSON.stringify(live[column]) === JSON.stringify(rebuilt?.[column]) ? PERSONAL : ANOTHER,
    ),
  };
}

function columnsOf({ columns, key }: Table): string {
  return JSON.stringify([
    Object.entries(columns).map(([name, { type, nullable }]) => [name, type, nullable === true]),
    key,
  ]);
}
