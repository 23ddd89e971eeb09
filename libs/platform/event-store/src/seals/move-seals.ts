import type pg from 'pg';
import { checkedSchemaName } from '../postgres/schema.ts';

/**
 * After a move of the log to another store: each link and each root now says where its event lies in the new log, and keeps the
 * position (a root also the log) that was hashed and signed. So nothing is sealed anew: whoever kept an old root finds it again.
 * Runs in the caller's transaction, in which the temporary table `moved` (service, old, new) holds all pairs of positions.
 */
export async function moveSeals(
  client: pg.ClientBase,
  schemaName: string,
  service: string,
  newLog: string,
): Promise<void> {
  const schema = checkedSchemaName(schemaName);
  const floor = (position: string) =>
    `coalesce((select m.new from moved m where m.service = $1 and m.old <= ${position} order by m.old desc limit 1), 0)`;
  // Made anew rather than updated: of two positions that change places neither is free.
  await client.query(`alter table ${schema}.chain rename to chain_moved`);
  await client.query(`alter index ${schema}.chain_pkey rename to chain_moved_pkey`);
  await client.query(`create table ${schema}.chain (like ${schema}.chain_moved including all)`);
  await client.query(
    `insert into ${schema}.chain (position, stream, revision, previous, seal, sealed_position)
     select coalesce(m.new, - c.position), c.stream, c.revision, p.new, c.seal, coalesce(c.sealed_position, c.position)
       from ${schema}.chain_moved c left join moved m on m.service = $1 and m.old = c.position
       left join moved p on p.service = $1 and p.old = c.previous`,
    [service],
  );
  await client.query(
    `comment on table ${schema}.chain is 'One seal per event, chained per stream: previous is the position of the event before'`,
  );
  await client.query(`drop table ${schema}.chain_moved`);
  await client.query(`update ${schema}.heads h set position = ${floor('h.position')}`, [service]);
  await client.query(`update ${schema}.roots r set position_now = ${floor('coalesce(r.position_now, r.position)')}`, [
    service,
  ]);
  await client.query(
    `update ${schema}.sealer s set position = ${floor('s.position')}, log_id = case when s.log_id is null then null else $2::uuid end`,
    [service, newLog],
  );
}
