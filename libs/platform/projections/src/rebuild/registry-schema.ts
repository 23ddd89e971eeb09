export const REGISTRY_SCHEMA = 'kontor_rebuilds';
const SCHEMA = REGISTRY_SCHEMA;

export const REGISTRY_DDL = `
  create schema if not exists ${SCHEMA};
  create table if not exists ${SCHEMA}.copies (
    schema_name text primary key, projection text not null, version integer not null, number integer not null,
    state text not null check (state in ('live', 'kept', 'building', 'paused', 'cancelled', 'discarded', 'retired')),
    started_by text not null, started_at timestamptz not null default clock_timestamp(), reason text,
    changed_at timestamptz not null default clock_timestamp(), dropped boolean not null default false,
    folder uuid, folder_seen_at timestamptz, comparison json, unique (projection, version, number));
  alter table ${SCHEMA}.copies add column if not exists personal json;
  comment on column ${SCHEMA}.copies.personal is 'Where the copy holds personal data, for erasures while nobody folds it';
  create unique index if not exists copies_one_live on ${SCHEMA}.copies (projection) where state = 'live';
  create unique index if not exists copies_one_rebuild on ${SCHEMA}.copies (projection)
    where state in ('building', 'paused', 'kept');
  comment on table ${SCHEMA}.copies is 'Which schema holds the live tables of each projection, and its rebuilds';
  comment on column ${SCHEMA}.copies.folder is 'The process that folds a copy being built';
  create table if not exists ${SCHEMA}.skips (
    projection text not null, event_id uuid not null, who text not null, why text not null,
    at timestamptz not null default clock_timestamp(), primary key (projection, event_id));
  comment on table ${SCHEMA}.skips is 'Events that a projection leaves out, now and in every rebuild';
  create table if not exists ${SCHEMA}.acts (
    id uuid primary key default gen_random_uuid(), projection text not null, act text not null, actor text not null,
    reason text, details json not null, at timestamptz not null default clock_timestamp(),
    recorded boolean not null default false);
  create index if not exists acts_unrecorded on ${SCHEMA}.acts (at) where not recorded;
  comment on table ${SCHEMA}.acts is 'What administrators did, in the transaction of the deed; an event of each follows';
  create table if not exists ${SCHEMA}.verifications (
    projection text primary key, at timestamptz not null, seconds double precision not null, comparison json not null);
  comment on table ${SCHEMA}.verifications is 'The last verification of each projection';
  create unlogged table if not exists ${SCHEMA}.append_latency (
    process uuid primary key, present_ms double precision not null, usual_ms double precision not null,
    said_at timestamptz not null default clock_timestamp());
  comment on table ${SCHEMA}.append_latency is 'How long appends take in each process: rebuilds in others give way by it';`;
