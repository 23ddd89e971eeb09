import type { DomainEvent } from '@kontor/kernel';
import type {
  AccountKind,
  Channel,
  Consent,
  ContactRole,
  LegalForm,
  PaymentTermBase,
} from '@kontor/accounts-contracts';
import type { Source } from '../source.ts';

/** Master data that a change can touch. Natural persons have the `person…` fields, companies the others. */
export interface AccountProfile {
  readonly kind: AccountKind;
  readonly name: string | null;
  readonly personName: string | null;
  readonly taxId: string | null;
  readonly personTaxId: string | null;
  readonly address: string | null;
  readonly personAddress: string | null;
  readonly country: string | null;
  readonly countryText: string | null;
  readonly region: string | null;
  readonly sector: string | null;
  readonly language: string | null;
  readonly currency: string | null;
  readonly yearEstablished: string | null;
  readonly revenue: string | null;
  readonly employees: string | null;
  readonly parentId: string | null;
}

export type AccountRegistered = DomainEvent<
  'AccountRegistered',
  AccountProfile & {
    readonly accountId: string;
    readonly number: string;
    readonly legalForm: LegalForm;
    readonly ownerId: string | null;
    readonly externalId: string | null;
    readonly source: Source | null;
    readonly businessDate: string;
  }
>;
/** The whole profile as it is from now on, so that a consumer never has to merge. */
export type AccountChanged = DomainEvent<
  'AccountChanged',
  AccountProfile & { readonly accountId: string; readonly businessDate: string }
>;
export type AccountOwnerAssigned = DomainEvent<
  'AccountOwnerAssigned',
  {
    readonly accountId: string;
    readonly ownerId: string;
    readonly previousOwnerId: string | null;
    readonly businessDate: string;
  }
>;
/** Dated on the day from which the terms are valid. */
export type AccountTermsSet = DomainEvent<
  'AccountTermsSet',
  {
    readonly accountId: string;
    readonly entityId: string;
    readonly paymentTermDays: number;
    readonly paymentTermBase: PaymentTermBase;
    readonly priceColumn: string | null;
    readonly segment: string | null;
    readonly tier: string | null;
    readonly validFrom: string;
    readonly businessDate: string;
  }
>;
export interface ContactCard {
  readonly contactId: string;
  readonly roles: readonly ContactRole[];
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly consent: Consent;
  readonly channel: Channel | null;
  readonly language: string | null;
}
export type ContactAdded = DomainEvent<
  'ContactAdded',
  ContactCard & { readonly accountId: string; readonly businessDate: string }
>;
export type ContactChanged = DomainEvent<
  'ContactChanged',
  ContactCard & { readonly accountId: string; readonly businessDate: string }
>;
/** The source now says this of the account; what of it concerns us was changed by events of its own. */
export type AccountSourceNoted = DomainEvent<
  'AccountSourceNoted',
  { readonly accountId: string; readonly content: Source['content']; readonly businessDate: string }
>;

export type AccountEvent =
  | AccountRegistered
  | AccountChanged
  | AccountOwnerAssigned
  | AccountTermsSet
  | ContactAdded
  | ContactChanged
  | AccountSourceNoted;
