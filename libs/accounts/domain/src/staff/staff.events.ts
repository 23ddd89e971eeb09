import type { DomainEvent } from '@kontor/kernel';

/** Valid from its business date until the next placing. Name, external id and source name a person: they are sealed. */
export type StaffPlaced = DomainEvent<
  'StaffPlaced',
  {
    readonly staffId: string;
    readonly name: string | null;
    readonly position: string;
    readonly managerId: string | null;
    readonly region: string | null;
    readonly externalId: string | null;
    readonly sourceContent: string | null;
    readonly businessDate: string;
  }
>;
export type StaffEvent = StaffPlaced;
