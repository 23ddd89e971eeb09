import { inTransaction } from '@kontor/feed';
import { Problem } from '@kontor/http';
import type pg from 'pg';

export interface Consumer {
  readonly consumer: string;
  /** The token's subject that registered the name: nobody else may read under it. */
  readonly owner: string;
  readonly service: string;
  readonly since: string;
  readonly seenAt: string;
  /** As the consumer said at its last call: everything at or below it has been handled there. */
  readonly handled: string;
  /** Readers that are connected to this process now. */
  readonly open: number;
}

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

const DDL = `
  create schema if not exists kontor_consumers;
  create table if not exists kontor_consumers.consumers (
    consumer text not null, service text not null, owner text not null, handled bigint not null,
    since timestamptz not null default clock_timestamp(), seen_at timestamptz not null default clock_timestamp(),
    primary key (consumer, service));
  comment on table kontor_consumers.consumers is 'Who reads the history of a service, since when and how far'`;

/** Who reads the history from outside, under a name of its own choice: registered by the first read, seen at each one. */
export class Consumers {
  private readonly open = new Map<string, number>();
  private made: Promise<unknown> | undefined;

  constructor(private readonly pool: pg.Pool) {}

  /** Throws a Problem when the name belongs to somebody else. Returns what to call when the reader goes. */
  async register(consumer: string, owner: string, service: string, handled: bigint): Promise<() => void> {
    await this.prepare();
    const { rows } = await this.pool.query<{ owner: string }>(
      `insert into kontor_consumers.consumers as c (consumer, owner, service, handled) values ($1, $2, $3, $4)
       on conflict (consumer, service) do update set seen_at = clock_timestamp(), handled = excluded.handled
         where c.owner = excluded.owner
       returning owner`,
      [consumer, owner, service, handled.toString()],
    );
    if (rows.length === 0)
      throw new Problem(409, 'ConsumerNameTaken', `The consumer ${consumer} belongs to somebody else.`, {
        errors: [{ field: 'consumer', reason: 'registered by another subject' }],
      });
    const key = `${service} ${consumer}`;
    this.open.set(key, (this.open.get(key) ?? 0) + 1);
    return () => this.open.set(key, (this.open.get(key) ?? 1) - 1);
  }

  async list(): Promise<readonly Consumer[]> {
    await this.prepare();
    const { rows } = await this.pool.query<Omit<Consumer, 'open'>>(
      `select consumer, owner, service, to_char(since at time zone 'UTC', ${UTC}) as since,
              to_char(seen_at at time zone 'UTC', ${UTC}) as "seenAt", handled::text
       from kontor_consumers.consumers order by service, consumer`,
    );
    return rows.map((row) => ({ ...row, open: this.open.get(`${row.service} ${row.consumer}`) ?? 0 }));
  }

  private async prepare(): Promise<void> {
    this.made ??= inTransaction(this.pool, 'begin', async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtext('kontor consumers'))`);
      await client.query(DDL);
    });
    try {
      await this.made;
    } catch (error) {
      this.made = undefined;
      throw error;
    }
  }
}
