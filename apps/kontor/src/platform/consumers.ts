import { inTransaction } from '@kontor/feed';
import { Problem } from '@kontor/http';
import type pg from 'pg';

export interface Consumer {
  readonly consumer: string;
  /** The consumer group under which it reads topics; null: it reads the history. */
  readonly group: string | null;
  /** The token's subject that registered the name: nobody else may read under it. */
  readonly owner: string;
  readonly service: string;
  readonly since: string;
  readonly seenAt: string;
  /** As the consumer said at its last call: everything at or below it has been handled there. */
  readonly handled: string;
  /** Readers that are connected to this process now. */
  readonly open: number;
  /** Of those, how far the one that is furthest has been given events; null: there is none. */
  readonly sent: string | null;
}

/** One line of what the platform itself reads. */
export interface OwnSubscription {
  readonly service: string;
  readonly kind: string;
  readonly name: string;
  readonly reads: string;
}

/** A reader that is connected. */
export interface Reading {
  /** It took what goes up to there. */
  sent(position: bigint): void;
  leave(): void;
}

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

const DDL = `
  create schema if not exists kontor_consumers;
  create table if not exists kontor_consumers.consumers (
    consumer text not null, service text not null, owner text not null, handled bigint not null,
    since timestamptz not null default clock_timestamp(), seen_at timestamptz not null default clock_timestamp(),
    primary key (consumer, service));
  alter table kontor_consumers.consumers add column if not exists consumer_group text;
  create table if not exists kontor_consumers.subscriptions (
    service text not null, kind text not null, name text not null, reads text not null,
    since timestamptz not null default clock_timestamp(), primary key (service, kind, name, reads));
  comment on table kontor_consumers.subscriptions is 'What the platform itself reads, and when it was first started here';
  comment on table kontor_consumers.consumers is 'Who reads the history of a service, since when and how far'`;

export interface Registration {
  readonly consumer: string;
  readonly owner: string;
  readonly service: string;
  readonly handled: bigint;
  readonly group?: string | null;
}

/** Who reads the history from outside, under a name of its own choice: registered by the first read, seen at each one. */
export class Consumers {
  private readonly open = new Map<string, Set<{ position: bigint }>>();
  private made: Promise<unknown> | undefined;

  constructor(private readonly pool: pg.Pool) {}

  /** A reader of the history is there. Throws what `register` throws. */
  async enter(consumer: string, owner: string, service: string, handled: bigint): Promise<Reading> {
    await this.register({ consumer, owner, service, handled });
    const key = `${service} ${consumer}`;
    const readers = this.open.get(key) ?? new Set();
    this.open.set(key, readers);
    const at = { position: handled };
    readers.add(at);
    return {
      sent: (position) => (at.position = position),
      leave: () => readers.delete(at),
    };
  }

  /** Since when each of these has been there: since this, or an earlier, first look at it. By `keyOf`. */
  async since(subscriptions: readonly OwnSubscription[]): Promise<ReadonlyMap<string, string>> {
    await this.prepare();
    const column = (name: keyof OwnSubscription) => subscriptions.map((one) => one[name]);
    await this.pool.query(
      `insert into kontor_consumers.subscriptions (service, kind, name, reads)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`,
      [column('service'), column('kind'), column('name'), column('reads')],
    );
    const { rows } = await this.pool.query<OwnSubscription & { since: string }>(
      `select service, kind, name, reads, to_char(since at time zone 'UTC', ${UTC}) as since
       from kontor_consumers.subscriptions`,
    );
    return new Map(rows.map((row) => [keyOf(row), row.since]));
  }

  /** Throws a Problem when the name, or the group, belongs to somebody else: whichever service it was used for first. */
  async register({ consumer, owner, service, handled, group }: Registration): Promise<void> {
    await this.prepare();
    await inTransaction(this.pool, 'begin', async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtext('kontor consumers'))`);
      const { rows } = await client.query<{ consumer: string }>(
        `select consumer from kontor_consumers.consumers
          where owner <> $2 and (consumer = $1 or consumer_group = $3) order by consumer <> $1 limit 1`,
        [consumer, owner, group ?? null],
      );
      if (rows[0]?.consumer === consumer)
        throw new Problem(409, 'ConsumerNameTaken', `The consumer ${consumer} belongs to somebody else.`, {
          errors: [{ field: 'consumer', reason: 'registered by another subject' }],
        });
      if (rows.length > 0)
        throw new Problem(409, 'ConsumerGroupTaken', `The consumer group ${group} belongs to somebody else.`, {
          errors: [{ field: 'group', reason: 'registered by another subject' }],
        });
      await client.query(
        `insert into kontor_consumers.consumers as c (consumer, owner, service, handled, consumer_group)
         values ($1, $2, $3, $4, $5)
         on conflict (consumer, service) do update set seen_at = clock_timestamp(),
           handled = excluded.handled, consumer_group = excluded.consumer_group`,
        [consumer, owner, service, handled.toString(), group ?? null],
      );
    });
  }

  async list(): Promise<readonly Consumer[]> {
    await this.prepare();
    const { rows } = await this.pool.query<Omit<Consumer, 'open' | 'sent'>>(
      `select consumer, consumer_group as "group", owner, service, to_char(since at time zone 'UTC', ${UTC}) as since,
              to_char(seen_at at time zone 'UTC', ${UTC}) as "seenAt", handled::text
       from kontor_consumers.consumers order by service, consumer`,
    );
    return rows.map((row) => {
      const readers = [...(this.open.get(`${row.service} ${row.consumer}`) ?? [])].map(({ position }) => position);
      const sent = readers.reduce<bigint | null>((most, one) => (most === null || one > most ? one : most), null);
      return { ...row, open: readers.length, sent: sent?.toString() ?? null };
    });
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

export function keyOf({ service, kind, name, reads }: OwnSubscription): string {
  return [service, kind, name, reads].join(' ');
}
