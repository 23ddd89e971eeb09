import type pg from 'pg';
import { checkedSchemaName } from '../postgres/schema.ts';
import { migrateSeals } from './seals-schema.ts';

const PAGE_SEALS = 2_000;

/** How far a log was sealed, and its signed roots; bytes in base64. */
export interface SealsStamp {
  readonly logId: string | null;
  readonly position: string;
  readonly running: string;
  readonly roots: readonly {
    readonly day: string;
    /** As signed; where the event lies now, and which log was signed, are said in a log that was moved to another store. */
    readonly position: string;
    readonly positionNow?: string | null;
    readonly logId?: string;
    readonly running: string;
    readonly keyId: string;
    readonly signature: string;
  }[];
}

/**
 * Position, stream, revision, position of the event before in its stream, seal in base64; in a log that was moved to another store,
 * the position that was hashed.
 */
export type CopiedSeal = readonly [string, string, string, string | null, string, (string | null)?];

export async function sealsStamp(client: pg.ClientBase, schemaName: string): Promise<SealsStamp> {
  const schema = checkedSchemaName(schemaName);
  const { rows } = await client.query<{ logId: string | null; position: string; running: string }>(
    `select log_id as "logId", position::text, encode(running, 'base64') as running from ${schema}.sealer`,
  );
  const { rows: roots } = await client.query<SealsStamp['roots'][number]>(
    `select day::text, log_id as "logId", position::text, position_now::text as "positionNow", encode(running, 'base64') as running, key_id as "keyId",
            encode(signature, 'base64') as signature from ${schema}.roots order by day`,
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`${schema}: the sealer's own row is missing`);
  return { ...row, roots };
}

export async function* exportSeals(
  pool: pg.Pool,
  schemaName: string,
  upto: string,
): AsyncGenerator<readonly CopiedSeal[]> {
  const schema = checkedSchemaName(schemaName);
  for (let after = '0'; ;) {
    const { rows } = await pool.query<{ link: CopiedSeal }>(
      `select array[position::text, stream, revision::text, previous::text, encode(seal, 'base64'), sealed_position::text] as link
         from ${schema}.chain where position > $1 and position <= $2 order by position limit ${PAGE_SEALS}`,
      [after, upto],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ link }) => link);
    after = last.link[0];
  }
}

/** Into a database without seals of this log. */
export async function importSeals(
  pool: pg.Pool,
  schemaName: string,
  stamp: SealsStamp,
  pages: AsyncIterable<readonly CopiedSeal[]>,
): Promise<void> {
  const schema = checkedSchemaName(schemaName);
  await migrateSeals(pool, schema);
  for await (const links of pages)
    await pool.query(
      `insert into ${schema}.chain (position, stream, revision, previous, seal, sealed_position)
       select position, stream, revision, previous, decode(seal, 'base64'), sealed_position
         from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[])
              u(position, stream, revision, previous, seal, sealed_position)`,
      [0, 1, 2, 3, 4, 5].map((part) => links.map((link) => link[part as 0] ?? null)),
    );
  await pool.query(
    `insert into ${schema}.heads (stream, position, revision, seal)
     select distinct on (stream) stream, position, revision, seal from ${schema}.chain order by stream, position desc`,
  );
  await pool.query(
    `insert into ${schema}.roots (day, log_id, position, running, key_id, signature, position_now)
     select day, log_id, position, decode(running, 'base64'), key_id, decode(signature, 'base64'), position_now
       from unnest($1::uuid[], $2::date[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[])
            u(log_id, day, position, running, key_id, signature, position_now)`,
    [
      stamp.roots.map(({ logId }) => logId ?? stamp.logId),
      stamp.roots.map(({ day }) => day),
      stamp.roots.map(({ position }) => position),
      stamp.roots.map(({ running }) => running),
      stamp.roots.map(({ keyId }) => keyId),
      stamp.roots.map(({ signature }) => signature),
      stamp.roots.map(({ positionNow }) => positionNow ?? null),
    ],
  );
  await pool.query(`update ${schema}.sealer set log_id = $1, position = $2, running = decode($3, 'base64')`, [
    stamp.logId,
    stamp.position,
    stamp.running,
  ]);
}
