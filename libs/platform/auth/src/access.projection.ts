import type { CloudEvent } from '@kontor/kernel';
import type { Projection } from '@kontor/projections';

interface OwnerAssigned {
  readonly accountId: string;
  readonly ownerId: string | null;
}
interface StaffPlaced {
  readonly staffId: string;
  readonly managerId: string | null;
}

export function accessProjectionName(service: string): string {
  return `${service}_access`;
}

/**
 * Ownership and reporting lines, folded from the accounts service's feed into every service that checks rights. Named
 * by contract type only: the platform does not import a context's contracts.
 */
export function accessProjection(service: string): Projection {
  const owner = (event: CloudEvent<OwnerAssigned>) => [
    {
      table: 'account_owners',
      put: { account_id: event.data.accountId, owner_id: event.data.ownerId },
    },
  ];
  return {
    name: accessProjectionName(service),
    version: 1,
    viewSchema: service,
    tables: {
      account_owners: {
        comment: 'Who owns the relationship with an account.',
        key: ['account_id'],
        columns: {
          account_id: { type: 'uuid', comment: 'Account.' },
          owner_id: { type: 'uuid', nullable: true, comment: 'Staff member who owns it.' },
        },
        indexes: ['owner_id'],
      },
      reporting_lines: {
        comment: 'Who leads whom.',
        key: ['staff_id'],
        columns: {
          staff_id: { type: 'uuid', comment: 'Staff member.' },
          manager_id: { type: 'uuid', nullable: true, comment: 'Functional superior.' },
        },
        indexes: ['manager_id'],
      },
    },
    on: {
      'kontor.accounts.account-registered.v1': owner,
      'kontor.accounts.account-owner-assigned.v1': owner,
      'kontor.accounts.staff-placed.v1': (event: CloudEvent<StaffPlaced>) => [
        {
          table: 'reporting_lines',
          put: { staff_id: event.data.staffId, manager_id: event.data.managerId },
        },
      ],
    },
  };
}
