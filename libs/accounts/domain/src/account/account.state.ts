import type { LegalForm, PaymentTermBase } from '@kontor/accounts-contracts';
import type { Source } from '../source.ts';
import type { AccountProfile, ContactCard } from './account.events.ts';

export interface Terms {
  readonly entityId: string;
  readonly paymentTermDays: number;
  readonly paymentTermBase: PaymentTermBase;
  readonly priceColumn: string | null;
  readonly segment: string | null;
  readonly tier: string | null;
  readonly validFrom: string;
}

export interface RegisteredAccount {
  readonly accountId: string;
  readonly number: string;
  readonly legalForm: LegalForm;
  readonly profile: AccountProfile;
  readonly ownerId: string | null;
  readonly ownerSince: string;
  readonly externalId: string | null;
  readonly source: Source | null;
  readonly registeredOn: string;
  /** One set per legal entity and first day, in order of that day. */
  readonly terms: readonly Terms[];
  readonly contacts: readonly ContactCard[];
}

/** Undefined until it is registered. */
export type AccountState = RegisteredAccount | undefined;

/** The one set of terms that is valid with a legal entity on a date; undefined: the firm's defaults. */
export function termsOn(account: RegisteredAccount, entityId: string, date: string): Terms | undefined {
  return account.terms.findLast((terms) => terms.entityId === entityId && terms.validFrom <= date);
}
