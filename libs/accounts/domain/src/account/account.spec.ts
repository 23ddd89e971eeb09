import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import type { AccountCommand, AccountParticulars, RegisterAccount } from './account.commands.ts';
import { accountDecider } from './account.decider.ts';
import type { AccountEvent, AccountProfile, ContactCard } from './account.events.ts';
import { termsOn } from './account.state.ts';
import { normalisedName, normalisedTaxId } from './duplicates.ts';

const accountId = '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11';
const parentId = '77777777-8f0e-5c53-9a55-0f2c8f6f1c11';
const ownerId = 'a1d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21';
const deputyId = 'c3b5a0de-1f43-4a55-9d20-65f2a7b1e9d4';
const contactId = '0d8f8a5c-6b3e-4a53-b6a7-2f1f6f0f7d10';
const dated = { businessDate: '2026-03-02', today: '2026-03-02' };

const particulars: AccountParticulars = {
  kind: 'customer',
  name: 'Nordwind GmbH',
  taxId: 'DE811234567',
  address: 'Hafenstraße 12, Hamburg',
  country: 'DE',
  countryText: null,
  region: null,
  sector: 'machinery',
  language: 'de',
  currency: 'EUR',
  yearEstablished: null,
  revenue: null,
  employees: null,
  parentId: null,
};
const profile: AccountProfile = { ...particulars, personName: null, personTaxId: null, personAddress: null };
const register: RegisterAccount = {
  type: 'RegisterAccount',
  accountId,
  number: 'A-000001',
  legalForm: 'legal',
  particulars,
  parentAncestors: [],
  ownerId,
  ownerIsStaff: true,
  externalId: null,
  source: null,
  ...dated,
};
const registered: AccountEvent = {
  type: 'AccountRegistered',
  data: {
    accountId,
    number: 'A-000001',
    legalForm: 'legal',
    ...profile,
    ownerId,
    externalId: null,
    source: null,
    businessDate: '2026-03-02',
  },
};
const contact: ContactCard = {
  contactId,
  roles: ['decision-maker'],
  name: 'Ada Lund',
  email: 'ada@nordwind.example',
  phone: null,
  consent: 'given',
  channel: 'e-mail',
  language: 'de',
};
const added: AccountEvent = {
  type: 'ContactAdded',
  data: { accountId, ...contact, businessDate: '2026-03-02' },
};
const terms = {
  entityId: 'main',
  paymentTermDays: 30,
  paymentTermBase: 'invoice-date' as const,
  priceColumn: 'wholesale',
  segment: null,
  tier: 'key',
};
const termsSet = (validFrom: string, paymentTermDays = 30): AccountEvent => ({
  type: 'AccountTermsSet',
  data: { accountId, ...terms, paymentTermDays, validFrom, businessDate: validFrom },
});

describe('an account', () => {
  it('A-01: is registered with its number, owner and particulars', () => {
    given(accountDecider, []).when(register).then(registered);
  });

  it('A-01: keeps name, tax id and address of a natural person in the fields that are sealed', () => {
    given(accountDecider, [])
      .when({ ...register, legalForm: 'natural' })
      .then({
        type: 'AccountRegistered',
        data: {
          ...registered.data,
          legalForm: 'natural',
          name: null,
          personName: 'Nordwind GmbH',
          taxId: null,
          personTaxId: 'DE811234567',
          address: null,
          personAddress: 'Hafenstraße 12, Hamburg',
        },
      });
  });

  it('A-01: refuses to be registered twice', () => {
    given(accountDecider, [registered])
      .when(register)
      .thenRefused('AccountAlreadyRegistered', { accountId, number: 'A-000001' });
  });

  it('A-01: refuses to be registered in the future', () => {
    given(accountDecider, [])
      .when({ ...register, businessDate: '2026-03-03' })
      .thenRefused('DatedInFuture', { businessDate: '2026-03-03', today: '2026-03-02' });
  });

  it('A-01: refuses to stand above itself, directly or through others', () => {
    given(accountDecider, [])
      .when({ ...register, particulars: { ...particulars, parentId: accountId } })
      .thenRefused('HierarchyCircle', { accountId, parentId: accountId });
    given(accountDecider, [registered])
      .when({ type: 'ChangeAccount', changes: { parentId }, parentAncestors: [ownerId, accountId], ...dated })
      .thenRefused('HierarchyCircle', { accountId, parentId });
  });

  it('A-01: changes only what is named, and says the whole profile', () => {
    given(accountDecider, [registered])
      .when({ type: 'ChangeAccount', changes: { name: 'Nordwind AG', parentId }, parentAncestors: [], ...dated })
      .then({
        type: 'AccountChanged',
        data: { accountId, ...profile, name: 'Nordwind AG', parentId, businessDate: '2026-03-02' },
      });
  });

  it('A-01: a change to what already is changes nothing', () => {
    given(accountDecider, [registered])
      .when({ type: 'ChangeAccount', changes: { sector: 'machinery' }, parentAncestors: [], ...dated })
      .then();
  });

  it('A-04: refuses an owner who is not in the staff directory', () => {
    given(accountDecider, [])
      .when({ ...register, ownerIsStaff: false })
      .thenRefused('OwnerUnknown', { ownerId });
    given(accountDecider, [registered])
      .when({ type: 'AssignAccountOwner', ownerId: deputyId, ownerIsStaff: false, ...dated })
      .thenRefused('OwnerUnknown', { ownerId: deputyId });
  });

  it('A-04: is handed over to a new owner, who is named with the one before', () => {
    given(accountDecider, [registered])
      .when({ type: 'AssignAccountOwner', ownerId: deputyId, ownerIsStaff: true, ...dated })
      .then({
        type: 'AccountOwnerAssigned',
        data: { accountId, ownerId: deputyId, previousOwnerId: ownerId, businessDate: '2026-03-02' },
      });
    given(accountDecider, [registered])
      .when({ type: 'AssignAccountOwner', ownerId, ownerIsStaff: true, ...dated })
      .then();
  });

  it('A-04: nobody can drop a client without a new owner', () => {
    given(accountDecider, [registered])
      .when({ type: 'AssignAccountOwner', ownerId: null, ownerIsStaff: false, ...dated })
      .thenRefused('OwnerNeeded', { accountId, ownerId });
  });

  it('A-04: refuses an assignment dated before the last one', () => {
    given(accountDecider, [registered])
      .when({
        type: 'AssignAccountOwner',
        ownerId: deputyId,
        ownerIsStaff: true,
        businessDate: '2026-03-01',
        today: '2026-03-02',
      })
      .thenRefused('DatedBeforeLast', {
        businessDate: '2026-03-01',
        last: '2026-03-02',
        what: 'assignment of an owner',
      });
  });

  it('A-03: has one dated set of terms per legal entity, dated on its first day', () => {
    given(accountDecider, [registered])
      .when({ type: 'SetTerms', ...terms, validFrom: '2026-07-01' })
      .then(termsSet('2026-07-01'));
    given(accountDecider, [registered, termsSet('2026-07-01')])
      .when({ type: 'SetTerms', ...terms, validFrom: '2026-07-01' })
      .then();
  });

  it('A-03: terms of a date are those of the last set that had begun', () => {
    const { state } = given(accountDecider, [registered, termsSet('2026-07-01', 14), termsSet('2026-01-01', 30)]);
    if (state === undefined) throw new Error('registered above');
    expect(termsOn(state, 'main', '2025-12-31')).toBeUndefined();
    expect(termsOn(state, 'main', '2026-06-30')?.paymentTermDays).toBe(30);
    expect(termsOn(state, 'main', '2026-07-01')?.paymentTermDays).toBe(14);
    expect(termsOn(state, 'austria', '2026-07-01')).toBeUndefined();
  });

  it('A-02: has contacts with roles', () => {
    given(accountDecider, [registered])
      .when({ type: 'AddContact', contact, ...dated })
      .then(added);
    given(accountDecider, [registered, added])
      .when({ type: 'ChangeContact', contactId, changes: { roles: ['dunning', 'billing'] }, ...dated })
      .then({
        type: 'ContactChanged',
        data: { accountId, ...contact, roles: ['dunning', 'billing'], businessDate: '2026-03-02' },
      });
    given(accountDecider, [registered, added])
      .when({ type: 'ChangeContact', contactId, changes: { roles: ['decision-maker'] }, ...dated })
      .then();
  });

  it('A-02: refuses a contact without a role, one that it has, and a change to one that it has not', () => {
    given(accountDecider, [registered])
      .when({ type: 'AddContact', contact: { ...contact, roles: [] }, ...dated })
      .thenRefused('ContactNeedsRole', { contactId });
    given(accountDecider, [registered, added])
      .when({ type: 'AddContact', contact, ...dated })
      .thenRefused('ContactAlreadyAdded', { accountId, contactId });
    given(accountDecider, [registered])
      .when({ type: 'ChangeContact', contactId, changes: {}, ...dated })
      .thenRefused('ContactUnknown', { accountId, contactId });
  });

  it('X-09: keeps what its source said, and notes what the source says now', () => {
    const imported = {
      ...registered,
      data: { ...registered.data, source: { system: 'crm', identity: 'nordwind', content: { sector: 'a' } } },
    } as AccountEvent;
    given(accountDecider, [imported])
      .when({ type: 'NoteAccountSource', content: { sector: 'b' }, ...dated })
      .then({
        type: 'AccountSourceNoted',
        data: { accountId, content: { sector: 'b' }, businessDate: '2026-03-02' },
      });
    given(accountDecider, [imported])
      .when({ type: 'NoteAccountSource', content: { sector: 'a' }, ...dated })
      .then();
    given(accountDecider, [registered])
      .when({ type: 'NoteAccountSource', content: { sector: 'a' }, ...dated })
      .thenRefused('NotImported', { accountId });
  });

  const afterwards: readonly AccountCommand[] = [
    { type: 'ChangeAccount', changes: {}, parentAncestors: [], ...dated },
    { type: 'AssignAccountOwner', ownerId, ownerIsStaff: true, ...dated },
    { type: 'SetTerms', ...terms, validFrom: '2026-07-01' },
    { type: 'AddContact', contact, ...dated },
    { type: 'ChangeContact', contactId, changes: {}, ...dated },
    { type: 'NoteAccountSource', content: {}, ...dated },
  ];
  it.each(afterwards.map((command) => [command.type, command] as const))(
    'A-01: refuses %s before the account is registered',
    (_type, command) => {
      given(accountDecider, []).when(command).thenRefused('AccountNotKnown', {});
    },
  );
});

describe('duplicates', () => {
  it('A-01: two spellings of a name are one, whatever the accents, punctuation and legal form', () => {
    const spellings = ['Müller & Söhne GmbH', 'MULLER und SOHNE', 'Muller, Sohne G.m.b.H.', 'Müller-Söhne Ltd.'];
    expect(new Set(spellings.map(normalisedName))).toEqual(new Set(['mullersohne']));
    expect(normalisedName('Acme Corporation')).toBe('acme');
  });

  it('A-01: a name that is a legal form only, or of another script, is kept', () => {
    expect(normalisedName('The Company')).toBe('thecompany');
    expect(normalisedName('Газпром')).toBe('газпром');
    expect(normalisedName('!!!')).toBe('');
  });

  it('A-01: a tax id counts by its letters and digits', () => {
    expect(normalisedTaxId('de 811.234-567')).toBe('DE811234567');
  });
});
