import type pg from 'pg';
import { checkedSchemaName } from '../postgres/schema.ts';
import type { CopiedSeal, SealsStamp } from './seals-copy.ts';

const PAGE_SEALS = 2_000;

/** The seals of a log whose positions have gaps, as they are of a copy whose events are counted from 1. */
export interface RenumberedSeals {
  readonly stamp: SealsStamp;
  /** Up to which position of the log they go. */
  readonly upto: string;
}

/** How far the log is sealed, and its roots: what was signed stays, and beside it stands where it lies in the copy. */
export async function renumberedSeals(
  client: pg.ClientBase,
  schemaName: string,
  copyId: string,
): Promise<RenumberedSeals> {
  const schema = checkedSchemaName(schemaName);
  const count = (position: string) => `(select count(*) from ${schema}.chain c where c.position <= ${position})::text`;
  const { rows } = await client.query<{ upto: string; position: string; running: string }>(
    `select s.position::text as upto, ${count('s.position')} as position, encode(s.running, 'base64') as running
       from ${schema}.sealer s`,
  );
  const { rows: roots } = await client.query<SealsStamp['roots'][number]>(
    `select day::text, log_id as "logId", r.position::text, ${count('coalesce(r.position_now, r.position)')} as "positionNow",
            encode(running, 'base64') as running, key_id as "keyId", encode(signature, 'base64') as signature
       from ${schema}.roots r order by day`,
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`${schema}: the sealer's own row is missing`);
  const { upto, position, running } = row;
  return { upto, stamp: { logId: position === '0' ? null : copyId, position, running, roots } };
}

/** Links in order, their positions counted from 1; each keeps the position that was hashed. */
export async function* exportRenumberedSeals(
  pool: pg.Pool,
  schemaName: string,
  upto: string,
): AsyncGenerator<readonly CopiedSeal[]> {
  const schema = checkedSchemaName(schemaName);
  const numbered = `select position, row_number() over (order by position) as number from ${schema}.chain where position <= ${BigInt(upto)}`;
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(
      `declare links no scroll cursor for
       select array[n.number::text, c.stream, c.revision::text, p.number::text, encode(c.seal, 'base64'),
                    coalesce(c.sealed_position, c.position)::text] as link
         from (${numbered}) n join ${schema}.chain c using (position) left join (${numbered}) p on p.position = c.previous
        order by n.number`,
    );
    for (;;) {
      const { rows } = await client.query<{ link: CopiedSeal }>(`fetch ${PAGE_SEALS} from links`);
      if (rows.length === 0) break;
      yield rows.map(({ link }) => link);
    }
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}
