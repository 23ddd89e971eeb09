import { defineAggregate, defineCodec } from '@kontor/kernel';
import { accountDecider } from './account.decider.ts';
import type { AccountEvent } from './account.events.ts';

const person = { subject: 'accountId', fields: ['personName', 'personTaxId', 'personAddress'] };
const contact = { subject: 'contactId', fields: ['name', 'email', 'phone'] };

const accountCodec = defineCodec<AccountEvent>('accounts', {
  AccountRegistered: { version: 1, personal: person },
  AccountChanged: { version: 1, personal: person },
  AccountOwnerAssigned: { version: 1 },
  AccountTermsSet: { version: 1 },
  ContactAdded: { version: 1, personal: contact },
  ContactChanged: { version: 1, personal: contact },
  AccountSourceNoted: { version: 1 },
});

export const accountAggregate = defineAggregate({
  category: 'account',
  decider: accountDecider,
  codec: accountCodec,
});
