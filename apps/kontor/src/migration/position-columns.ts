import { contractTypesOf, type Projection } from '@kontor/projections';
import type pg from 'pg';

/** A column of a read model that holds positions, and in SQL over `t` the service whose log they are of. */
export interface PositionColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly service: string;
  /** Part of a key: while rows change one after the other, no two may have the same. */
  readonly unique: boolean;
}

const BOOKKEEPING = ['checkpoints', 'parked_streams', 'dead_letters', 'declaration'];

/** Columns of which neither the table nor its projection says whose positions they hold. */
const SERVICES: { readonly [column: string]: string } = {
  'dunning.begun_position': 'receivables',
  'dunning.ended_position': 'receivables',
};

const NOT_DECLARED = { version: 1, viewSchema: '', tables: {}, on: {} };

/** A read model with positions of a log that nobody knows: moving the log would leave them wrong. */
export class UnknownPositions extends Error {
  constructor(readonly column: string) {
    super(`it is not known of which log ${column} holds positions`);
    this.name = 'UnknownPositions';
  }
}

export function isPositionColumn(name: string): boolean {
  return name === 'position' || name.endsWith('_position');
}

/** In SQL: the service of a row's position. Throws UnknownPositions. */
export function serviceOfPosition(projection: Projection, column: string, columns: ReadonlySet<string>): string {
  const known = SERVICES[`${projection.name}.${column}`];
  if (known !== undefined) return `'${known}'`;
  if (columns.has('service')) return 't.service';
  if (columns.has('contract')) return `split_part(t.contract, '.', 2)`;
  const services = new Set(contractTypesOf(projection).map((type) => type.split('.')[1]));
  if (services.size === 1) return `'${[...services].join('')}'`;
  throw new UnknownPositions(`${projection.name}.${column}`);
}

/** All of them, in every copy of every projection that there is. */
export async function positionColumns(
  client: pg.ClientBase,
  projections: readonly Projection[],
): Promise<readonly PositionColumn[]> {
  const { rows: found } = await client.query<{ there: boolean }>(
    `select to_regclass('kontor_rebuilds.copies') is not null as there`,
  );
  if (found[0]?.there !== true) return [];
  const { rows } = await client.query<{
    projection: string;
    schema: string;
    table: string;
    columns: readonly string[];
    positions: readonly string[];
    keyed: readonly string[];
  }>(
    `select k.projection, n.nspname as schema, c.relname as table, array_agg(a.attname::text) as columns,
            coalesce(array_agg(a.attname::text) filter (where a.atttypid = 'bigint'::regtype), '{}') as positions,
            coalesce(array_agg(a.attname::text) filter (where exists (
              select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any (i.indkey))), '{}') as keyed
       from kontor_rebuilds.copies k
       join pg_namespace n on n.nspname = k.schema_name
       join pg_class c on c.relnamespace = n.oid and c.relkind = 'r' and c.relname <> all ($1)
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      group by k.projection, n.nspname, c.relname order by n.nspname, c.relname`,
    [BOOKKEEPING],
  );
  return rows.flatMap(({ projection: name, schema, table, columns, positions, keyed }) =>
    positions.filter(isPositionColumn).map((column) => {
      // One that this version does not declare any more: what its tables say must do.
      const projection = projections.find((one) => one.name === name) ?? { ...NOT_DECLARED, name };
      const service = serviceOfPosition(projection, column, new Set(columns));
      return { schema, table, column, service, unique: keyed.includes(column) };
    }),
  );
}
