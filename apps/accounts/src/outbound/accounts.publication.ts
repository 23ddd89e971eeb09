import { personalDataErased, pipelineDefined, service, staffPlaced } from '@kontor/accounts-contracts';
import type {
  ErasureEvent,
  ImportRunEvent,
  NumberClaimEvent,
  NumberRangeEvent,
  PipelineEvent,
  StaffEvent,
} from '@kontor/accounts-domain';
import type { Publication } from '@kontor/feed';
import { accountPublication } from './account.publication.ts';
import { opportunityPublication } from './opportunity.publication.ts';
import { as, type PublicationTable } from './table.ts';

const others: PublicationTable<
  StaffEvent | PipelineEvent | NumberRangeEvent | NumberClaimEvent | ImportRunEvent | ErasureEvent
> = {
  StaffPlaced: as(staffPlaced, 'sourceContent'),
  PipelineDefined: as(pipelineDefined),
  NumbersReserved: null,
  NumberClaimed: null,
  ImportBegun: null,
  PersonalDataErased: as(personalDataErased),
};

const table: { readonly [type: string]: PublicationTable<StaffEvent>[StaffEvent['type']] } = {
  ...accountPublication,
  ...opportunityPublication,
  ...others,
};

export const accountsPublication: Publication = {
  service,
  publish: ({ type, data }) => table[type]?.(data),
};
