import { personalDataErased, pipelineDefined, service, staffPlaced } from '@kontor/accounts-contracts';
import type {
  ErasureEvent,
  ImportRunEvent,
  NumberClaimEvent,
  NumberRangeEvent,
  PipelineEvent,
  StaffEvent,
} from '@kontor/accounts-domain';
import { publicationOf, type PublicationTable } from '@kontor/feed';
import { accountPublication } from './account.publication.ts';
import { opportunityPublication } from './opportunity.publication.ts';
import { as } from './as.ts';

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

export const accountsPublication = publicationOf(service, accountPublication, opportunityPublication, others);
