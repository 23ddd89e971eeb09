import { accept, refuse, type Decider, type Refused } from '@kontor/kernel';
import type { LegalForm } from '@kontor/accounts-contracts';
import { refuseBefore, refuseFuture } from '../dating.ts';
import { differingFields } from '../source.ts';
import type { AccountCommand, AccountParticulars } from './account.commands.ts';
import type { AccountEvent, AccountProfile, ContactCard } from './account.events.ts';
import type { AccountState, RegisteredAccount, Terms } from './account.state.ts';

export const accountDecider: Decider<AccountState, AccountCommand, AccountEvent> = {
  initial: undefined,

  evolve: {
    AccountRegistered: (_state, data) => ({
      accountId: data.accountId,
      number: data.number,
      legalForm: data.legalForm,
      profile: profileOf(data),
      ownerId: data.ownerId,
      ownerSince: data.businessDate,
      externalId: data.externalId,
      source: data.source,
      registeredOn: data.businessDate,
      terms: [],
      contacts: [],
    }),
    AccountChanged: (state, data) => state && { ...state, profile: profileOf(data) },
    AccountOwnerAssigned: (state, data) => state && { ...state, ownerId: data.ownerId, ownerSince: data.businessDate },
    AccountTermsSet: (state, data) => state && { ...state, terms: withTerms(state.terms, data) },
    ContactAdded: (state, data) => state && { ...state, contacts: [...state.contacts, cardOf(data)] },
    ContactChanged: (state, data) =>
      state && {
        ...state,
        contacts: state.contacts.map((contact) => (contact.contactId === data.contactId ? cardOf(data) : contact)),
      },
    AccountSourceNoted: (state, data) =>
      state && { ...state, source: state.source && { ...state.source, content: data.content } },
  },

  decide: {
    RegisterAccount: (command, state) => {
      if (state !== undefined)
        return refuse('AccountAlreadyRegistered', `The account is registered already, as ${state.number}.`, {
          accountId: state.accountId,
          number: state.number,
        });
      return (
        refuseFuture(command.businessDate, command.today) ??
        refuseParent(command.accountId, command.particulars.parentId, command.parentAncestors) ??
        (command.ownerId === null ? undefined : refuseStranger(command.ownerId, command.ownerIsStaff)) ??
        accept<AccountEvent>({
          type: 'AccountRegistered',
          data: {
            accountId: command.accountId,
            number: command.number,
            legalForm: command.legalForm,
            ...profileFrom(command.particulars, command.legalForm),
            ownerId: command.ownerId,
            externalId: command.externalId,
            source: command.source,
            businessDate: command.businessDate,
          },
        })
      );
    },

    ChangeAccount: (command, state) => {
      if (state === undefined) return unknown();
      const particulars = { ...particularsOf(state.profile), ...command.changes };
      const profile = profileFrom(particulars, state.legalForm);
      const refusal =
        refuseFuture(command.businessDate, command.today) ??
        refuseParent(state.accountId, profile.parentId, command.parentAncestors);
      if (refusal !== undefined) return refusal;
      if (sameFields(profile, state.profile)) return accept();
      return accept({
        type: 'AccountChanged',
        data: { accountId: state.accountId, ...profile, businessDate: command.businessDate },
      });
    },

    AssignAccountOwner: (command, state) => {
      if (state === undefined) return unknown();
      if (command.ownerId === null)
        return refuse('OwnerNeeded', 'A client is handed over to somebody, never just let go.', {
          accountId: state.accountId,
          ownerId: state.ownerId,
        });
      const refusal =
        refuseFuture(command.businessDate, command.today) ??
        refuseStranger(command.ownerId, command.ownerIsStaff) ??
        refuseBefore(command.businessDate, state.ownerSince, 'assignment of an owner');
      if (refusal !== undefined) return refusal;
      if (command.ownerId === state.ownerId) return accept();
      return accept({
        type: 'AccountOwnerAssigned',
        data: {
          accountId: state.accountId,
          ownerId: command.ownerId,
          previousOwnerId: state.ownerId,
          businessDate: command.businessDate,
        },
      });
    },

    SetTerms: (command, state) => {
      if (state === undefined) return unknown();
      const { type: _type, ...terms } = command;
      const known = state.terms.find((set) => set.entityId === terms.entityId && set.validFrom === terms.validFrom);
      if (known !== undefined && sameFields(known, terms)) return accept();
      return accept({
        type: 'AccountTermsSet',
        data: { accountId: state.accountId, ...terms, businessDate: terms.validFrom },
      });
    },

    AddContact: (command, state) => {
      if (state === undefined) return unknown();
      const { contact } = command;
      if (state.contacts.some((known) => known.contactId === contact.contactId))
        return refuse('ContactAlreadyAdded', 'The account has this contact already.', {
          accountId: state.accountId,
          contactId: contact.contactId,
        });
      return (
        refuseFuture(command.businessDate, command.today) ??
        refuseRoleless(contact) ??
        accept<AccountEvent>({
          type: 'ContactAdded',
          data: { accountId: state.accountId, ...contact, businessDate: command.businessDate },
        })
      );
    },

    ChangeContact: (command, state) => {
      if (state === undefined) return unknown();
      const known = state.contacts.find((contact) => contact.contactId === command.contactId);
      if (known === undefined)
        return refuse('ContactUnknown', 'The account has no such contact.', {
          accountId: state.accountId,
          contactId: command.contactId,
        });
      const contact: ContactCard = { ...known, ...command.changes };
      const refusal = refuseFuture(command.businessDate, command.today) ?? refuseRoleless(contact);
      if (refusal !== undefined) return refusal;
      if (sameFields(contact, known)) return accept();
      return accept({
        type: 'ContactChanged',
        data: { accountId: state.accountId, ...contact, businessDate: command.businessDate },
      });
    },

    NoteAccountSource: (command, state) => {
      if (state === undefined) return unknown();
      if (state.source === null)
        return refuse('NotImported', 'The account was not imported, so no source speaks of it.', {
          accountId: state.accountId,
        });
      if (differingFields(state.source.content, command.content).length === 0) return accept();
      return accept({
        type: 'AccountSourceNoted',
        data: { accountId: state.accountId, content: command.content, businessDate: command.businessDate },
      });
    },
  },
};

function unknown(): Refused {
  return refuse('AccountNotKnown', 'There is no such account.');
}

function refuseParent(accountId: string, parentId: string | null, ancestors: readonly string[]): Refused | undefined {
  if (parentId === null || (parentId !== accountId && !ancestors.includes(accountId))) return undefined;
  return refuse('HierarchyCircle', 'An account cannot stand above itself.', { accountId, parentId });
}

function refuseStranger(ownerId: string, isStaff: boolean): Refused | undefined {
  if (isStaff) return undefined;
  return refuse('OwnerUnknown', 'The owner is not in the staff directory.', { ownerId });
}

function refuseRoleless(contact: ContactCard): Refused | undefined {
  if (contact.roles.length > 0) return undefined;
  return refuse('ContactNeedsRole', 'A contact has at least one role.', { contactId: contact.contactId });
}

/** Splits name, tax id and address into the fields of the legal form: those of natural persons are sealed. */
function profileFrom(particulars: AccountParticulars, legalForm: LegalForm): AccountProfile {
  const { name, taxId, address, ...rest } = particulars;
  const legal = legalForm === 'legal';
  return {
    ...rest,
    name: legal ? name : null,
    personName: legal ? null : name,
    taxId: legal ? taxId : null,
    personTaxId: legal ? null : taxId,
    address: legal ? address : null,
    personAddress: legal ? null : address,
  };
}

/** An erased person's name reads as null; as a particular it is empty text. */
function particularsOf(profile: AccountProfile): AccountParticulars {
  const { personName, personTaxId, personAddress, ...rest } = profile;
  return {
    ...rest,
    name: profile.name ?? personName ?? '',
    taxId: profile.taxId ?? personTaxId,
    address: profile.address ?? personAddress,
  };
}

function profileOf(data: AccountProfile): AccountProfile {
  return {
    kind: data.kind,
    name: data.name,
    personName: data.personName,
    taxId: data.taxId,
    personTaxId: data.personTaxId,
    address: data.address,
    personAddress: data.personAddress,
    country: data.country,
    countryText: data.countryText,
    region: data.region,
    sector: data.sector,
    language: data.language,
    currency: data.currency,
    yearEstablished: data.yearEstablished,
    revenue: data.revenue,
    employees: data.employees,
    parentId: data.parentId,
  };
}

function cardOf(data: ContactCard): ContactCard {
  return {
    contactId: data.contactId,
    roles: data.roles,
    name: data.name,
    email: data.email,
    phone: data.phone,
    consent: data.consent,
    channel: data.channel,
    language: data.language,
  };
}

function withTerms(known: RegisteredAccount['terms'], data: Terms): RegisteredAccount['terms'] {
  const { entityId, paymentTermDays, paymentTermBase, priceColumn, segment, tier, validFrom } = data;
  const others = known.filter((set) => set.entityId !== entityId || set.validFrom !== validFrom);
  const set = { entityId, paymentTermDays, paymentTermBase, priceColumn, segment, tier, validFrom };
  return [...others, set].sort((a, b) => (a.validFrom < b.validFrom ? -1 : a.validFrom > b.validFrom ? 1 : 0));
}

/** Both have the same names; lists are compared as text. */
function sameFields<T extends object>(left: T, right: T): boolean {
  return (Object.keys(left) as (keyof T)[]).every((name) => String(left[name]) === String(right[name]));
}
