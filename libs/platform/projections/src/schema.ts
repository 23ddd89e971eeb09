import { createHash } from 'node:crypto';
import { Checkpoints } from '@kontor/feed';
import type pg from 'pg';
import { ProjectionChanged } from './errors.ts';
import { contractTypesOf } from './personal-copies.ts';
import type { Projection, Table } from './projection.ts';

const IDENTIFIER = /^[a-z][a-z0-9_]{0,62}$/;
const BOOKKEEPING: ReadonlySet<string> = new Set(['checkpoints', 'parked_streams', 'dead_letters', 'declaration']);

/** `account-360` version 2 lies in the schema `account_360_v2`. */
export function schemaOf(projection: Projection): string {
  return identifier(projection.placed?.schema ?? `${projection.name.replaceAll('-', '_')}_v${projection.version}`);
}

/** The same wherever its tables are placed. */
export function baseSchemaOf(projection: Projection): string {
  const { placed: _placed, ...declared } = projection;
  return schemaOf(declared);
}

/** The services whose feeds a projection folds: the second part of its contract types. */
export function servicesOf(contractTypes: Iterable<string>): readonly string[] {
  const services = new Set<string>();
  for (const type of contractTypes) {
    const service = type.split('.')[1];
    if (!type.startsWith('kontor.') || service === undefined)
      throw new TypeError(`${type} is not a contract type like kontor.orders.order-placed.v1`);
    services.add(service);
  }
  return [...services].sort();
}

/**
 * Makes the schema of a projection with its tables, and the stable views over them. Runs in the caller's transaction. Does
 * nothing when all is there as declared; views, indexes and comments may change under one version, the columns of tables
 * may not (ProjectionChanged).
 */
export async function prepareSchema(
  client: pg.ClientBase,
  projection: Projection,
  consumer: string,
  readerRole: string | undefined,
): Promise<void> {
  const schema = schemaOf(projection);
  // Two processes that start together would both find nothing there.
  await client.query('select pg_advisory_xact_lock(hashtext($1))', [`kontor projection ${schema}`]);
  const hasViews = projection.placed?.views !== false;
  const views = [commentsAndIndexesDdl(projection, schema), ...(hasViews ? [viewsDdl(projection, schema)] : [])].join(
    ';\n',
  );
  const declared = { tables: hashOf(tablesDdl(projection, schema)), views: hashOf([views, readerRole ?? null]) };
  const found = await declaration(client, schema);
  if (found !== undefined && found.tables !== declared.tables) throw new ProjectionChanged(projection.name);
  if (found === undefined) await client.query(tablesDdl(projection, schema));
  if (found?.views !== declared.views) {
    await client.query(views);
    if (hasViews && readerRole !== undefined) await client.query(grantsDdl(projection, readerRole));
    await client.query(`delete from ${schema}.declaration`);
    await client.query(`insert into ${schema}.declaration (tables, views) values ($1, $2)`, [
      declared.tables,
      declared.views,
    ]);
  }
  const checkpoints = new Checkpoints(schema, consumer);
  for (const service of servicesOf(contractTypesOf(projection))) await checkpoints.create(client, service);
}

export async function isPrepared(client: pg.ClientBase, schema: string): Promise<boolean> {
  return (await declaration(client, schema)) !== undefined;
}

async function declaration(
  client: pg.ClientBase,
  schema: string,
): Promise<{ tables: string; views: string } | undefined> {
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    `${schema}.declaration`,
  ]);
  if (rows[0]?.found !== true) return undefined;
  const { rows: hashes } = await client.query<{ tables: string; views: string }>(
    `select tables, views from ${schema}.declaration`,
  );
  return hashes[0];
}

/**
 * Empties the tables and sets the checkpoints back, in the caller's transaction. Parked streams stay on the list: what is
 * parked in the live tables is parked in a rebuild too, until a person retries it.
 */
export async function emptySchema(client: pg.ClientBase, projection: Projection, consumer: string): Promise<void> {
  const schema = schemaOf(projection);
  const names = Object.keys(projection.tables).map((table) => `${schema}."${table}"`);
  // The batch in hand elsewhere ends first, and the next one finds its checkpoint gone.
  await client.query(`select 1 from ${schema}.checkpoints where consumer = $1 order by service, partition for update`, [
    consumer,
  ]);
  if (names.length > 0) await client.query(`truncate ${names.join(', ')}`);
  await client.query(`delete from ${schema}.dead_letters`);
  await new Checkpoints(schema, consumer).reset(client);
}

/**
 * For tables that were built from another declaration: drops them with all that hangs on them, and makes them anew, empty,
 * in the caller's transaction. Only the list of parked streams is carried over.
 */
export async function replaceSchema(
  client: pg.ClientBase,
  projection: Projection,
  consumer: string,
  readerRole: string | undefined,
): Promise<void> {
  const schema = schemaOf(projection);
  await client.query(`create temporary table carried_over on commit drop as select * from ${schema}.parked_streams`);
  await client.query(`drop schema ${schema} cascade`);
  await prepareSchema(client, projection, consumer, readerRole);
  await client.query(`insert into ${schema}.parked_streams select * from carried_over`);
}

function tablesDdl(projection: Projection, schema: string): string {
  const ddl = [`create schema if not exists ${schema}`, bookkeepingDdl(schema)];
  for (const [name, table] of Object.entries(projection.tables)) {
    identifier(name);
    if (BOOKKEEPING.has(name)) throw new TypeError(`${projection.name}: a table may not be called ${name}`);
    const target = `${schema}."${name}"`;
    const columns = Object.entries(table.columns).map(
      ([column, { type, nullable }]) => `"${identifier(column)}" ${type}${nullable === true ? '' : ' not null'}`,
    );
    const key = table.key.map((column) => `"${column}"`).join(', ');
    ddl.push(`create table ${target} (${columns.join(', ')}, primary key (${key}))`);
  }
  return ddl.join(';\n');
}

function commentsAndIndexesDdl(projection: Projection, schema: string): string {
  return Object.entries(projection.tables)
    .flatMap(([name, table]) => [
      `comment on table ${schema}."${name}" is ${literal(table.comment)}`,
      ...Object.entries(table.columns).map(
        ([column, { comment }]) => `comment on column ${schema}."${name}"."${column}" is ${literal(comment)}`,
      ),
      ...(table.indexes ?? []).map(
        (index) =>
          `create index if not exists "${name.slice(0, 40)}_${hashOf(index).slice(0, 8)}" on ${schema}."${name}" (${index})${filled(table, index)}`,
      ),
    ])
    .join(';\n');
}

/** Nobody looks for what has no value: an index on one column that may be null holds the rows that have one. */
function filled(table: Table, index: string): string {
  return table.columns[index]?.nullable === true ? ` where "${index}" is not null` : '';
}

function bookkeepingDdl(schema: string): string {
  return `${Checkpoints.ddl(schema)}
    create table ${schema}.parked_streams (
      service text not null, stream text not null, since_position bigint not null, event_id uuid not null,
      error text not null, primary key (service, stream));
    comment on table ${schema}.parked_streams is 'Streams that wait since an event could not be folded';
    create table ${schema}.dead_letters (
      service text not null, position bigint not null, stream text not null, event_id uuid not null, error text,
      contract json not null, primary key (service, position));
    create index on ${schema}.dead_letters (service, stream, position);
    comment on table ${schema}.dead_letters is 'Events of parked streams, in order, personal fields still sealed';
    comment on column ${schema}.dead_letters.error is 'Why it was not folded; null: it waits behind one that was not';
    create table ${schema}.declaration (tables text not null, views text not null);
    comment on table ${schema}.declaration is 'Hashes of the declaration that tables and views were built from'`;
}

function viewsDdl(projection: Projection, schema: string): string {
  const target = identifier(projection.viewSchema);
  const ddl = [`create schema if not exists ${target}`];
  for (const [name, table] of Object.entries(projection.tables)) {
    const columns = Object.keys(table.columns).map((column) => `"${column}"`);
    ddl.push(
      `create or replace view ${target}."${name}" as select ${columns.join(', ')} from ${schema}."${name}"`,
      `comment on view ${target}."${name}" is ${literal(table.comment)}`,
      ...Object.entries(table.columns).map(
        ([column, { comment }]) => `comment on column ${target}."${name}"."${column}" is ${literal(comment)}`,
      ),
    );
  }
  for (const [name, view] of Object.entries(projection.views ?? {})) {
    const named = `${target}."${identifier(name)}"`;
    ddl.push(
      `set local search_path to ${schema}`,
      `create or replace view ${named} as ${view.select}`,
      'set local search_path to default',
      `comment on view ${named} is ${literal(view.comment)}`,
      ...Object.entries(view.columns).map(
        ([column, comment]) => `comment on column ${named}."${column}" is ${literal(comment)}`,
      ),
    );
  }
  return ddl.join(';\n');
}

/** Analysts read every column of the views but the personal ones; in joined views a personal column is known by its name. */
function grantsDdl(projection: Projection, role: string): string {
  const target = identifier(projection.viewSchema);
  const personal = new Set(
    Object.values(projection.tables).flatMap((table) =>
      Object.entries(table.columns).flatMap(([column, declared]) => (declared.personal === true ? [column] : [])),
    ),
  );
  const views = [...Object.entries(projection.tables), ...Object.entries(projection.views ?? {})];
  return [
    `grant usage on schema ${target} to ${identifier(role)}`,
    ...views.flatMap(([name, { columns }]) => {
      const open = Object.keys(columns).filter((column) => !personal.has(column));
      if (open.length === 0) return [];
      return [`grant select (${open.map((column) => `"${column}"`).join(', ')}) on ${target}."${name}" to ${role}`];
    }),
  ].join(';\n');
}

function identifier(name: string): string {
  if (!IDENTIFIER.test(name)) throw new TypeError(`${name} is not a name for a schema, table or column`);
  return name;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
