import type pg from 'pg';
import { type Grants, reachOf } from './grants.ts';
import type { Action, Principal } from './roles.ts';
import type { Scope } from './scope.ts';

export type AccountAccess = 'allowed' | 'forbidden' | 'unseen';

/** The one place that turns a principal's grants and the ownership of accounts into rights. */
export class AccessControl {
  constructor(
    private readonly pool: pg.Pool,
    /** Schema of the service's ownership views (`account_owners`, `reporting_lines`). */
    private readonly schema: string,
    private readonly grants: Grants,
  ) {}

  allows(principal: Principal, action: Action): boolean {
    return reachOf(this.grants, principal, action) !== undefined;
  }

  /** The rows an answer to `action` may show. A principal without the grant, or without a staff member, sees none. */
  async scope(principal: Principal, action: Action): Promise<Scope> {
    const reach = reachOf(this.grants, principal, action);
    if (reach === 'all') return { kind: 'all' };
    if (reach === undefined || principal.staffId === null) return { kind: 'owners', ownerIds: [] };
    if (reach === 'own') return { kind: 'owners', ownerIds: [principal.staffId] };
    return { kind: 'owners', ownerIds: await this.teamOf(principal.staffId) };
  }

  /**
   * What a principal may do with one account: a foreign account is `unseen` to a reader, and `forbidden` to a writer who
   * may see it under `readAction`.
   */
  async account(principal: Principal, action: Action, readAction: Action, accountId: string): Promise<AccountAccess> {
    if (await this.inScope(await this.scope(principal, action), accountId)) return 'allowed';
    return (await this.inScope(await this.scope(principal, readAction), accountId)) ? 'forbidden' : 'unseen';
  }

  /** Whether the account was registered, as far as this service's ownership has been folded. */
  async knows(accountId: string): Promise<boolean> {
    const found = await this.pool.query(`select 1 from ${this.schema}.account_owners where account_id = $1`, [
      accountId,
    ]);
    return found.rowCount === 1;
  }

  private async inScope(scope: Scope, accountId: string): Promise<boolean> {
    if (scope.kind === 'all') return true;
    if (scope.ownerIds.length === 0) return false;
    const found = await this.pool.query(
      `select 1 from ${this.schema}.account_owners where account_id = $1 and owner_id = any($2::uuid[])`,
      [accountId, scope.ownerIds],
    );
    return found.rowCount === 1;
  }

  private async teamOf(staffId: string): Promise<string[]> {
    const found = await this.pool.query<{ staff_id: string }>(
      `with recursive team(staff_id) as (
         select $1::uuid
         union
         select line.staff_id from ${this.schema}.reporting_lines line join team on line.manager_id = team.staff_id
       ) select staff_id from team order by staff_id`,
      [staffId],
    );
    return found.rows.map((row) => row.staff_id);
  }
}
