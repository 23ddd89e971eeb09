import { ACTIONS, type Action, type Principal, type Reach, type Role } from './roles.ts';

export type Grants = { readonly [R in Role]: { readonly [A in Action]?: Reach } };

const everything = Object.fromEntries(ACTIONS.map((action) => [action, 'all'])) as {
  readonly [A in Action]: Reach;
};

/** The grants that a firm starts with; configuration may replace them. */
export const DEFAULT_GRANTS: Grants = {
  administrator: everything,
  'sales-manager': {
    'accounts.read': 'team',
    'accounts.write': 'team',
    'opportunities.read': 'team',
    'opportunities.write': 'team',
    'staff.read': 'all',
    'catalogue.read': 'all',
    'catalogue.write': 'all',
    'quotes.read': 'team',
    'quotes.write': 'team',
    'orders.read': 'team',
    'orders.write': 'team',
    'receivables.read': 'team',
    'dunning.read': 'team',
    'warranty.read': 'team',
    'insights.read': 'team',
    'platform.read': 'all',
  },
  'account-manager': {
    'accounts.read': 'own',
    'accounts.write': 'own',
    'opportunities.read': 'own',
    'opportunities.write': 'own',
    'staff.read': 'all',
    'catalogue.read': 'all',
    'quotes.read': 'own',
    'quotes.write': 'own',
    'orders.read': 'own',
    'orders.write': 'own',
    'receivables.read': 'own',
    'dunning.read': 'own',
    'warranty.read': 'own',
    'insights.read': 'own',
  },
  collector: {
    'accounts.read': 'all',
    'staff.read': 'all',
    'orders.read': 'all',
    'receivables.read': 'all',
    'credit.write': 'all',
    'invoices.write': 'all',
    'payments.write': 'all',
    'disputes.write': 'all',
    'dunning.read': 'all',
    'dunning.run': 'all',
    'dunning.write': 'all',
    'insights.read': 'all',
  },
  service: {
    'accounts.read': 'all',
    'staff.read': 'all',
    'catalogue.read': 'all',
    'orders.read': 'all',
    'deliveries.write': 'all',
    'warranty.read': 'all',
    'warranty.write': 'all',
    'insights.read': 'all',
  },
  analyst: {
    'accounts.read': 'all',
    'opportunities.read': 'all',
    'staff.read': 'all',
    'catalogue.read': 'all',
    'quotes.read': 'all',
    'orders.read': 'all',
    'receivables.read': 'all',
    'dunning.read': 'all',
    'warranty.read': 'all',
    'insights.read': 'all',
    'platform.read': 'all',
  },
  'service-account': {
    'history.read': 'all',
    'metrics.read': 'all',
    'platform.read': 'all',
    'accounts.read': 'all',
    'opportunities.read': 'all',
    'staff.read': 'all',
    'catalogue.read': 'all',
    'quotes.read': 'all',
    'orders.read': 'all',
    'receivables.read': 'all',
    'dunning.read': 'all',
    'warranty.read': 'all',
    'insights.read': 'all',
  },
};

const ORDER: readonly Reach[] = ['own', 'team', 'all'];

/** The widest reach that any of the principal's roles grants for an action; undefined: not granted. */
export function reachOf(grants: Grants, principal: Principal, action: Action): Reach | undefined {
  let widest = -1;
  for (const role of principal.roles) {
    const reach = grants[role][action];
    if (reach !== undefined) widest = Math.max(widest, ORDER.indexOf(reach));
  }
  return ORDER[widest];
}
