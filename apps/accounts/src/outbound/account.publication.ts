import type { PublicationTable } from '@kontor/feed';
import { as } from './as.ts';
import {
  accountChanged,
  accountOwnerAssigned,
  accountRegistered,
  accountTermsSet,
  contactAdded,
  contactChanged,
} from '@kontor/accounts-contracts';
import type { AccountEvent } from '@kontor/accounts-domain';

/** What a source said word for word is for the next import alone. */
export const accountPublication: PublicationTable<AccountEvent> = {
  AccountRegistered: as(accountRegistered, 'source'),
  AccountChanged: as(accountChanged),
  AccountOwnerAssigned: as(accountOwnerAssigned),
  AccountTermsSet: as(accountTermsSet),
  ContactAdded: as(contactAdded),
  ContactChanged: as(contactChanged),
  AccountSourceNoted: null,
};
