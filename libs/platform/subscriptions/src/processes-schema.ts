import { Checkpoints } from '@kontor/feed';
import type pg from 'pg';

/** All processes of a service share the schema `<service>_processes`. */
export function processesSchema(service: string): string {
  const schema = `${service.replaceAll('-', '_')}_processes`;
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(schema)) throw new TypeError(`${schema} is not a name for a schema`);
  return schema;
}

/** Idempotent, in the caller's transaction. */
export async function prepareProcesses(
  client: pg.ClientBase,
  schema: string,
  process: string,
  services: readonly string[],
): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtext($1))', [`kontor processes ${schema}`]);
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    `${schema}.leases`,
  ]);
  if (rows[0]?.found !== true) await client.query(ddl(schema));
  await client.query(skipsDdl(schema));
  const checkpoints = new Checkpoints(schema, process);
  for (const service of services) await checkpoints.create(client, service);
}

function ddl(schema: string): string {
  return `
    create schema if not exists ${schema};
    ${Checkpoints.ddl(schema)}
    create table ${schema}.instances (
      process text not null, key text not null, state json not null, awaiting text,
      last_event_id uuid not null, last_recorded_at timestamptz not null, primary key (process, key));
    comment on table ${schema}.instances is 'State of each process instance, as of the events that it has handled';
    comment on column ${schema}.instances.awaiting is 'What the instance waits for; null when for nothing';
    create index on ${schema}.instances (process, last_recorded_at) where awaiting is not null;

    create table ${schema}.timers (
      process text not null, key text not null, name text not null, due_at timestamptz not null, timer json not null,
      causation_id uuid not null, correlation_id text not null, recorded_at timestamptz not null,
      primary key (process, key, name));
    comment on table ${schema}.timers is 'Timers that have not fired yet';
    create index on ${schema}.timers (process, due_at);

    create table ${schema}.parked_lanes (
      process text not null, lane text not null, since timestamptz not null, error text not null,
      primary key (process, lane));
    comment on table ${schema}.parked_lanes is
      'Instances (key:…) and, where the instance could not be told, streams (stream:…) that wait since something failed';

    create table ${schema}.dead_letters (
      process text not null, service text not null, position bigint not null, lane text not null,
      event_id uuid not null, error text, contract json not null, primary key (process, service, position));
    create index on ${schema}.dead_letters (process, lane);
    comment on table ${schema}.dead_letters is 'Events of parked lanes, personal fields still sealed';
    comment on column ${schema}.dead_letters.error is 'Why it was not handled; null: it waits behind one that was not';

    create table ${schema}.leases (process text primary key, token uuid not null);
    comment on table ${schema}.leases is 'Token of the latest holder: a commit under another one is refused'`;
}

/** By itself: schemas of earlier versions have none. */
function skipsDdl(schema: string): string {
  return `
    create table if not exists ${schema}.skips (
      process text not null, event_id uuid not null, who text not null, why text not null,
      at timestamptz not null default clock_timestamp(), primary key (process, event_id));
    comment on table ${schema}.skips is 'Events that a process leaves out, also when it reads its history again'`;
}
