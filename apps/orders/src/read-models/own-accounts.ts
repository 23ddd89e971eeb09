/** The rows of accounts that these owners (uuid[]) own. */
export function ofOwnAccounts(owners: string): string {
  return `t.account_id in (select account_id from orders.account_owners where owner_id = any(${owners}))`;
}
