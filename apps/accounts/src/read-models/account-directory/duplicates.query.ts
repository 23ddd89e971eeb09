import { normalisedName, normalisedTaxId } from '@kontor/accounts-domain';
import type { Scope } from '@kontor/auth';
import { prepared } from '@kontor/feed';
import { Gathered } from '@kontor/service';
import type pg from 'pg';

export interface Duplicate {
  readonly accountId: string | null;
  readonly number: string;
  readonly name: string | null;
  readonly by: 'tax-id' | 'name';
}

/** Whose like is looked for. */
export interface Candidate {
  readonly name: string | null;
  readonly taxId: string | null;
  readonly exceptId: string | null;
}

interface Found {
  /** Which candidate of the statement, from 1. */
  readonly n: number;
  readonly accountId: string;
  readonly number: string;
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly byTaxId: boolean;
}

/** Most that are worth showing to a person. */
const MAX_DUPLICATES = 10;

/**
 * Asked at every registration, so planned once per connection, perhaps while the tables are empty: written so that a plan
 * made then is still one by keys when they are full.
 */
const DUPLICATES = prepared(
  `select q.n::int, d.* from unnest($1::text[], $2::text[], $3::uuid[]) with ordinality q (name, tax_id, except_id, n)
   cross join lateral (
     select found.account_id as "accountId", a.number, p.name, p.normalised_tax_id = q.tax_id is true as "byTaxId",
            o.owner_id as "ownerId"
       from (select account_id from accounts.account_profiles where normalised_name = q.name
             union select account_id from accounts.account_profiles where normalised_tax_id = q.tax_id) found
       cross join lateral (select * from accounts.account_profiles
         where account_id = found.account_id order by revision desc limit 1) p
       cross join lateral (select * from accounts.account_numbers where account_id = found.account_id limit 1) a
       left join lateral (select * from accounts.account_ownerships
         where account_id = found.account_id order by revision desc limit 1) o on true
      where found.account_id is distinct from q.except_id
        and (p.normalised_name = q.name or p.normalised_tax_id = q.tax_id)
      order by "byTaxId" desc, a.number collate "C" limit ${MAX_DUPLICATES}) d
   order by q.n, d."byTaxId" desc, d.number collate "C"`,
);

/**
 * other accounts with the same tax id or the same normalised name, those of the tax id first. Of accounts outside the
 * scope only the number is said: that there is one matters to whoever registers, whose it is does not.
 */
export class Duplicates {
  private readonly search: Gathered<Candidate, readonly Found[]>;

  constructor(private readonly pool: pg.Pool) {
    this.search = new Gathered((candidates) => this.searchAll(candidates));
  }

  async of(candidate: Candidate, scope: Scope): Promise<Duplicate[]> {
    const found = await this.search.ask(candidate);
    return found.map((row) => {
      const visible = scope.kind === 'all' || (row.ownerId !== null && scope.ownerIds.includes(row.ownerId));
      return {
        accountId: visible ? row.accountId : null,
        number: row.number,
        name: visible ? row.name : null,
        by: row.byTaxId ? 'tax-id' : 'name',
      };
    });
  }

  private async searchAll(candidates: readonly Candidate[]): Promise<readonly (readonly Found[])[]> {
    const { rows } = await this.pool.query<Found>({
      ...DUPLICATES,
      values: [
        candidates.map(({ name }) => sought(name, normalisedName)),
        candidates.map(({ taxId }) => sought(taxId, normalisedTaxId)),
        candidates.map(({ exceptId }) => exceptId),
      ],
    });
    return candidates.map((_candidate, index) => rows.filter(({ n }) => n === index + 1));
  }
}

/** Null finds nothing: an account without a name is not like another one without. */
function sought(text: string | null, normalised: (text: string) => string): string | null {
  const form = text === null ? '' : normalised(text);
  return form === '' ? null : form;
}
