/** Roles of a token. Rights come from the grants below, never from a role's name in code elsewhere. */
export const ROLES = [
  'administrator',
  'sales-manager',
  'account-manager',
  'collector',
  'service',
  'analyst',
  'service-account',
] as const;
export type Role = (typeof ROLES)[number];

/** What a route does, in the words of the business. Each route names exactly one. */
export const ACTIONS = [
  'accounts.read',
  'accounts.write',
  'opportunities.read',
  'opportunities.write',
  'staff.read',
  'staff.write',
  'pipelines.write',
  'catalogue.read',
  'catalogue.write',
  'quotes.read',
  'quotes.write',
  'orders.read',
  'orders.write',
  'deliveries.write',
  'receivables.read',
  'credit.write',
  'invoices.write',
  'payments.write',
  'disputes.write',
  'dunning.read',
  'dunning.run',
  'dunning.write',
  'warranty.read',
  'warranty.write',
  'warranty.revoke',
  'insights.read',
  'imports.write',
  'history.read',
  'streams.read',
  'platform.read',
  'platform.administer',
  'metrics.read',
] as const;
export type Action = (typeof ACTIONS)[number];

/** How far a grant reaches: own clients, those of the staff one leads, or all. */
export type Reach = 'own' | 'team' | 'all';

export interface Principal {
  /** Subject of the token; the actor of every command it sends. */
  readonly subject: string;
  readonly roles: readonly Role[];
  /** The staff member behind the token; owners of accounts are staff members. */
  readonly staffId: string | null;
}
