import type { Projection } from '@kontor/projections';
import type pg from 'pg';

/** Reads every column of the views in `insights` that is not personal. */
export const ANALYST_ROLE = 'kontor_analyst';
/** Reads the personal columns besides; granted person by person. */
const PERSONAL_ROLE = 'kontor_analyst_personal';

/**
 * How long an analyst's session may hold the views, so that one that was left open does not hold up the switch to a new version of a
 * projection for ever: without a statement in an open transaction, and with one.
 */
export const ANALYST_LIMITS = { idle_in_transaction_session_timeout: '60s', statement_timeout: '15min' } as const;

/** Roles belong to the whole server, so platforms on one server that start together must take turns. */
const ROLES_LOCK = 7_305_114_220_913_001n;

/**
 * Makes the two read-only roles and grants them the views of these projections, column by column. Repeated at every
 * start, so a view that was made anew is granted anew, and a column that became personal is taken away.
 */
export async function grantToAnalysts(pool: pg.Pool, projections: readonly Projection[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [ROLES_LOCK.toString()]);
    await client.query(makeRole(ANALYST_ROLE));
    await client.query(makeRole(PERSONAL_ROLE));
    for (const statement of grants(projections)) await client.query(statement);
    for (const [setting, value] of Object.entries(ANALYST_LIMITS)) await client.query(limited(setting, value));
    await client.query('commit');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * What everybody may call unless told otherwise, and a role that only reads may not: a lock that an analyst holds (the keys stand in
 * `pg_locks`) stops every append for as long as the session lives, and large objects are written outside every view. Whoever starts
 * the platform keeps them. Once only: afterwards there is nothing to take. Without the right to do so it stays as it is.
 */
const WRITERS_FUNCTIONS = `do $$ declare called regprocedure; begin
  for called in
    select oid from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^(pg_(try_)?advisory_|lo_|lowrite$)'
       and has_function_privilege('public', oid, 'execute')
  loop
    execute format('grant execute on function %s to %I', called, current_user);
    execute format('revoke execute on function %s from public', called);
  end loop;
exception when insufficient_privilege then null;
end $$`;

/** Another database of the server may have made the role in the same moment: the lock is one of this database only. */
function makeRole(role: string): string {
  return `do $$ begin
    if not exists (select from pg_roles where rolname = '${role}') then
      create role ${role} nologin;
    end if;
  exception when duplicate_object or unique_violation then null;
  end $$`;
}

/**
 * PostgreSQL knows settings of who logs in, not of the roles that one is a member of. So every login that was given one of the two roles
 * gets the limit, unless its administrator has said another; who makes roles is no analyst. Without the right to do so it stays as it is.
 */
function limited(setting: string, value: string): string {
  return `do $$ declare login name; begin
    for login in
      with recursive members (id) as (
        select oid from pg_roles where rolname in ('${ANALYST_ROLE}', '${PERSONAL_ROLE}')
        union select m.member from pg_auth_members m join members on m.roleid = members.id)
      select rolname from pg_roles join members on oid = members.id
       where rolcanlogin and not rolsuper and not rolcreaterole and rolname not in (current_user, session_user)
         and not exists (select from pg_db_role_setting, unnest(setconfig) as said
                          where setrole = oid and said like '${setting}=%')
    loop execute format('alter role %I set ${setting} = ''${value}''', login); end loop;
  exception when insufficient_privilege or internal_error then null;
  end $$`;
}

function grants(projections: readonly Projection[]): string[] {
  const views = projections.flatMap((projection) =>
    Object.entries({ ...projection.tables }).map(([name, table]) => ({
      view: `${projection.viewSchema}."${name}"`,
      open: columnsOf(table.columns, false),
      personal: columnsOf(table.columns, true),
    })),
  );
  const joined = projections.flatMap((projection) =>
    Object.keys(projection.views ?? {}).map((name) => `${projection.viewSchema}."${name}"`),
  );
  const schemas = [...new Set(projections.map((projection) => projection.viewSchema))];
  const both = `${ANALYST_ROLE}, ${PERSONAL_ROLE}`;
  return [
    // Everybody may make temporary tables unless told otherwise; a role that only reads may not write those either.
    `do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$`,
    WRITERS_FUNCTIONS,
    ...schemas.flatMap((schema) => [
      `grant usage on schema ${schema} to ${both}`,
      `comment on schema ${schema} is 'Figures for analysts: every view and column says what it holds; personal columns are granted person by person.'`,
    ]),
    ...views.flatMap(({ view, open, personal }) => [
      `revoke all on ${view} from ${both}`,
      `grant select (${open}) on ${view} to ${ANALYST_ROLE}`,
      ...(personal === '' ? [] : [`grant select (${open}, ${personal}) on ${view} to ${PERSONAL_ROLE}`]),
    ]),
    ...joined.flatMap((view) => [`revoke all on ${view} from ${both}`, `grant select on ${view} to ${ANALYST_ROLE}`]),
    // Who is a member of whom is the whole server's, too: another database of it may say so in the same moment.
    `do $$ begin
       if not pg_has_role('${PERSONAL_ROLE}', '${ANALYST_ROLE}', 'member') then
         grant ${ANALYST_ROLE} to ${PERSONAL_ROLE};
       end if;
     exception when duplicate_object or unique_violation or internal_error then null;
     end $$`,
  ];
}

function columnsOf(columns: { readonly [name: string]: { readonly personal?: boolean } }, personal: boolean): string {
  return Object.entries(columns)
    .filter(([, column]) => (column.personal === true) === personal)
    .map(([name]) => `"${name}"`)
    .join(', ');
}
