import type { Scope } from '@kontor/auth';
import type { ExposureSwitches } from '@kontor/receivables-domain';
import type pg from 'pg';
import { exposureParts, exposureSql } from '../read-models/credit-standing/exposure.sql.ts';

/** One ledger of the group; amounts in minor units. Each part is shown, whether it counts or not. */
export interface MemberExposure {
  readonly ledgerId: string;
  readonly accountId: string;
  readonly accountNumber: string | null;
  readonly accountName: string | null;
  readonly parentId: string | null;
  readonly entityId: string;
  readonly currency: string;
  readonly limitMinor: number | null;
  readonly parts: { readonly [Part in keyof ExposureSwitches]: number };
  readonly totalMinor: number;
  /** It is the account that was asked about, or one below it. */
  readonly below: boolean;
}

export interface GroupExposure {
  readonly topAccountId: string;
  readonly members: readonly MemberExposure[];
  /** Ledgers of the group that the caller may not see. */
  readonly unseen: number;
}

/** A hierarchy that is higher than this is a circle. */
const HIGHEST = 50;

/**
 * all ledgers of the group an account belongs to: the accounts under the uppermost one above it, along the parents as
 * they are now.
 */
export async function groupExposure(pool: pg.Pool, accountId: string, scope: Scope): Promise<GroupExposure> {
  const parts = Object.entries(exposureParts('s')).map(([part, sql]) => `'${part}', (${sql})::text`);
  const { rows } = await pool.query<GroupRow>(
    `with recursive above(account_id, height) as (
       select $1::uuid, 0
       union
       select a.parent_id, above.height + 1 from above join receivables.ledger_accounts a using (account_id)
        where a.parent_id is not null and above.height < ${HIGHEST}),
     top as (select account_id from above order by height desc limit 1),
     members(account_id) as (
       select account_id from top
       union
       select a.account_id from members join receivables.ledger_accounts a on a.parent_id = members.account_id),
     below(account_id) as (
       select $1::uuid
       union
       select a.account_id from below join receivables.ledger_accounts a on a.parent_id = below.account_id)
     select top.account_id as "topAccountId", s.ledger_id as "ledgerId", s.account_id as "accountId",
            a.number as "accountNumber", a.name as "accountName", a.parent_id as "parentId", s.entity_id as "entityId",
            s.currency, s.limit_minor::text as "limitMinor", (${exposureSql('s')})::text as "totalMinor",
            jsonb_build_object(${parts.join(', ')}) as parts,
            exists (select 1 from below where below.account_id = s.account_id) as below,
            ($2::uuid[] is null or w.owner_id = any($2::uuid[])) is true as seen
       from top
       left join (members join receivables.credit_standing s using (account_id)) on true
       left join receivables.ledger_accounts a on a.account_id = s.account_id
       left join receivables.account_owners w on w.account_id = s.account_id
      order by s.entity_id, s.currency, a.number collate "C" nulls last, s.ledger_id`,
    [accountId, scope.kind === 'all' ? null : [...scope.ownerIds]],
  );
  const ledgers = rows.filter((row) => row.ledgerId !== null);
  return {
    topAccountId: rows[0]?.topAccountId ?? accountId,
    members: ledgers.filter((row) => row.seen).map(memberOf),
    unseen: ledgers.filter((row) => !row.seen).length,
  };
}

interface GroupRow extends Omit<MemberExposure, 'limitMinor' | 'totalMinor' | 'parts'> {
  readonly topAccountId: string;
  readonly limitMinor: string | null;
  readonly totalMinor: string;
  readonly parts: { readonly [Part in keyof ExposureSwitches]: string };
  readonly seen: boolean;
}

function memberOf({ topAccountId: _top, seen: _seen, ...row }: GroupRow): MemberExposure {
  const { principal, charges, reservations, unbilledDeliveries, unallocatedCredit } = row.parts;
  return {
    ...row,
    limitMinor: row.limitMinor === null ? null : Number(row.limitMinor),
    totalMinor: Number(row.totalMinor),
    parts: {
      principal: Number(principal),
      charges: Number(charges),
      reservations: Number(reservations),
      unbilledDeliveries: Number(unbilledDeliveries),
      // Subtracted there, shown as what it is.
      unallocatedCredit: 0 - Number(unallocatedCredit),
    },
  };
}
