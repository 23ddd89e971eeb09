import type { Scope } from '@kontor/auth';
import type pg from 'pg';
import { exposureSql } from '../read-models/credit-standing/exposure.sql.ts';

export interface StandingsAsked {
  readonly accountId?: string | undefined;
  readonly entityId?: string | undefined;
  readonly currency?: string | undefined;
  /** Empty: accounts without an owner. */
  readonly ownerId?: string | undefined;
  readonly overdueOnly: boolean;
}

/** The business date of each legal entity now. */
export type Todays = readonly { readonly entityId: string; readonly today: string }[];

/** One ledger as it is today, with what a collector decides on. */
export interface LedgerStanding {
  readonly ledgerId: string;
  readonly accountId: string;
  readonly accountNumber: string | null;
  readonly accountName: string | null;
  readonly ownerId: string | null;
  readonly entityId: string;
  readonly currency: string;
  readonly today: string;
  readonly limitMinor: number | null;
  readonly limitValidUntil: string | null;
  readonly exposureMinor: number;
  readonly chargesMinor: number;
  readonly unallocatedMinor: number;
  readonly restriction: string | null;
  readonly overdueItems: number;
  readonly overdueMinor: number;
  readonly disputedMinor: number;
  readonly oldestDueDate: string | null;
  readonly level: number;
  readonly brokenPromises: number;
  readonly promisedMinor: number;
  readonly promisedOn: string | null;
  readonly lastNoticeOn: string | null;
}

/** A promise that was broken longer ago is forgiven (days). */
const BROKEN_WITHIN_DAYS = 365;

const AMOUNTS = [
  'limitMinor',
  'exposureMinor',
  'chargesMinor',
  'unallocatedMinor',
  'overdueMinor',
  'disputedMinor',
  'promisedMinor',
] as const;

/** Ledgers on which anything is owed, reserved or delivered, within the scope. */
export async function ledgerStandings(
  pool: pg.Pool,
  todays: Todays,
  asked: StandingsAsked,
  scope: Scope,
): Promise<readonly LedgerStanding[]> {
  const values: unknown[] = [todays.map(({ entityId }) => entityId), todays.map(({ today }) => today)];
  const $ = (value: unknown, type: string) => `$${values.push(value)}::${type}`;
  const where = [
    ...(asked.accountId === undefined ? [] : [`s.account_id = ${$(asked.accountId, 'uuid')}`]),
    ...(asked.entityId === undefined ? [] : [`s.entity_id = ${$(asked.entityId, 'text')}`]),
    ...(asked.currency === undefined ? [] : [`s.currency = ${$(asked.currency, 'text')}`]),
    ...(asked.ownerId === undefined
      ? []
      : [asked.ownerId === '' ? 'w.owner_id is null' : `w.owner_id = ${$(asked.ownerId, 'uuid')}`]),
    ...(scope.kind === 'all' ? [] : [`w.owner_id = any(${$([...scope.ownerIds], 'uuid[]')})`]),
  ];
  const shown = asked.overdueOnly ? 'd.overdue > 0' : '(x.exposure <> 0 or d.overdue > 0)';
  const { rows } = await pool.query<{ [Field in keyof LedgerStanding]: unknown }>(
    // The ledgers asked for come first, so that a few of them find their items by the index on accounts. Open disputes are
    // summed once: most items have none, and asking for those of each was most of the work. An index of open items gains nothing
    // where all ledgers are asked for, and would make every payment write into all indexes of its items.
    `with entity(entity_id, today) as (select * from unnest($1::text[], $2::date[])),
     standing as materialized (
       select s.*, w.owner_id, entity.today
         from receivables.credit_standing s
         join entity using (entity_id)
         left join receivables.account_owners w using (account_id)
        where ${['true', ...where].join(' and ')}),
     disputed as materialized (
       select q.instalment_id, sum(q.amount_minor) as parts, count(*) filter (where q.amount_minor is null) as wholes
         from receivables.disputes q
        where q.resolved_on is null and q.account_id in (select account_id from standing)
        group by q.instalment_id),
     overdue as (
       select i.ledger_id, count(*)::int as items, sum(i.open_minor) as overdue, min(i.due_date) as oldest,
              max(i.level) as level,
              sum(least(i.open_minor, coalesce(q.parts, 0) + coalesce(q.wholes, 0) * i.amount_minor)) as disputed
         from receivables.open_items i
         join entity using (entity_id)
         left join disputed q using (instalment_id)
        where i.open_minor > 0 and i.due_date < entity.today and i.account_id in (select account_id from standing)
        group by i.ledger_id)
     select s.ledger_id as "ledgerId", s.account_id as "accountId", a.number as "accountNumber", a.name as "accountName",
            s.owner_id as "ownerId", s.entity_id as "entityId", s.currency, s.today::text as today,
            s.limit_minor::text as "limitMinor", s.limit_valid_until::text as "limitValidUntil",
            x.exposure::text as "exposureMinor", s.charges_minor::text as "chargesMinor",
            s.unallocated_minor::text as "unallocatedMinor", s.restriction,
            coalesce(d.items, 0) as "overdueItems", coalesce(d.overdue, 0)::text as "overdueMinor",
            coalesce(d.disputed, 0)::text as "disputedMinor", d.oldest::text as "oldestDueDate",
            coalesce(d.level, 0) as level, p.broken as "brokenPromises", p.promised::text as "promisedMinor",
            p.promised_on::text as "promisedOn", n.last::text as "lastNoticeOn"
       from standing s
       left join overdue d using (ledger_id)
       left join receivables.ledger_accounts a using (account_id)
       cross join lateral (
         select ${exposureSql('s')} as exposure) x
       cross join lateral (
         select (count(*) filter (where m.status = 'broken' and m.promised_on > s.today - ${BROKEN_WITHIN_DAYS}))::int as broken,
                coalesce(sum(m.amount_minor) filter (where m.status = 'open' and m.promised_on + m.grace_days >= s.today), 0) as promised,
                min(m.promised_on) filter (where m.status = 'open' and m.promised_on + m.grace_days >= s.today) as promised_on
           from receivables.promises m where m.account_id = s.account_id and m.ledger_id = s.ledger_id) p
       cross join lateral (
         select max(t.notice_date) as last from receivables.notices t
          where t.account_id = s.account_id and t.ledger_id = s.ledger_id) n
      where ${shown}`,
    values,
  );
  return rows.map((row) => {
    const amounts = AMOUNTS.map((name) => [name, row[name] === null ? null : Number(row[name])] as const);
    return { ...row, ...Object.fromEntries(amounts) } as unknown as LedgerStanding;
  });
}
