import type { DomainCommand } from '@kontor/kernel';
import type { LegalForm, PaymentTermBase } from '@kontor/accounts-contracts';
import type { Source } from '../source.ts';
import type { AccountProfile, ContactCard } from './account.events.ts';

/** Every command says on which business date it happened, and which date is today for the legal entity. */
interface Dated {
  readonly businessDate: string;
  readonly today: string;
}

/** Name, tax id and address in one place, whatever the legal form: which of them are personal is the decider's business. */
export interface AccountParticulars extends Omit<
  AccountProfile,
  'personName' | 'personTaxId' | 'personAddress' | 'name'
> {
  readonly name: string;
}

export interface RegisterAccount extends DomainCommand<'RegisterAccount'>, Dated {
  readonly accountId: string;
  readonly number: string;
  readonly legalForm: LegalForm;
  readonly particulars: AccountParticulars;
  /** Accounts above the parent, nearest first, as far as they are registered. */
  readonly parentAncestors: readonly string[];
  readonly ownerId: string | null;
  /** Whether `ownerId` is in the staff directory. */
  readonly ownerIsStaff: boolean;
  readonly externalId: string | null;
  readonly source: Source | null;
}
export interface ChangeAccount extends DomainCommand<'ChangeAccount'>, Dated {
  /** Only the fields named here change. */
  readonly changes: Partial<AccountParticulars>;
  readonly parentAncestors: readonly string[];
}
export interface AssignAccountOwner extends DomainCommand<'AssignAccountOwner'>, Dated {
  /** Null is an attempt to drop the client. */
  readonly ownerId: string | null;
  readonly ownerIsStaff: boolean;
}
export interface SetTerms extends DomainCommand<'SetTerms'> {
  readonly entityId: string;
  readonly paymentTermDays: number;
  readonly paymentTermBase: PaymentTermBase;
  readonly priceColumn: string | null;
  readonly segment: string | null;
  readonly tier: string | null;
  readonly validFrom: string;
}
export interface AddContact extends DomainCommand<'AddContact'>, Dated {
  readonly contact: ContactCard;
}
export interface ChangeContact extends DomainCommand<'ChangeContact'>, Dated {
  readonly contactId: string;
  readonly changes: Partial<Omit<ContactCard, 'contactId'>>;
}
export interface NoteAccountSource extends DomainCommand<'NoteAccountSource'>, Dated {
  readonly content: Source['content'];
}

export type AccountCommand =
  RegisterAccount | ChangeAccount | AssignAccountOwner | SetTerms | AddContact | ChangeContact | NoteAccountSource;
