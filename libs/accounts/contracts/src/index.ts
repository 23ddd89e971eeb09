import type { ContractDefinition } from '@kontor/kernel';
import { accountChanged } from './account-changed.v1.ts';
import { accountOwnerAssigned } from './account-owner-assigned.v1.ts';
import { accountRegistered } from './account-registered.v1.ts';
import { accountTermsSet } from './account-terms-set.v1.ts';
import { contactAdded } from './contact-added.v1.ts';
import { contactChanged } from './contact-changed.v1.ts';
import { opportunityAccountAssigned } from './opportunity-account-assigned.v1.ts';
import { opportunityAmountRevised } from './opportunity-amount-revised.v1.ts';
import { opportunityCloseExpected } from './opportunity-close-expected.v1.ts';
import { opportunityOpened } from './opportunity-opened.v1.ts';
import { opportunityOwnerAssigned } from './opportunity-owner-assigned.v1.ts';
import { opportunityProbabilityOverridden } from './opportunity-probability-overridden.v1.ts';
import { opportunityStageEntered } from './opportunity-stage-entered.v1.ts';
import { personalDataErased } from './personal-data-erased.v1.ts';
import { pipelineDefined } from './pipeline-defined.v1.ts';
import { staffPlaced } from './staff-placed.v1.ts';

export { service } from './service.ts';
export { accountChanged, type AccountChanged } from './account-changed.v1.ts';
export { accountOwnerAssigned, type AccountOwnerAssigned } from './account-owner-assigned.v1.ts';
export { accountRegistered, type AccountRegistered } from './account-registered.v1.ts';
export { accountTermsSet, type AccountTermsSet } from './account-terms-set.v1.ts';
export { contactAdded, type ContactAdded } from './contact-added.v1.ts';
export { contactChanged, type ContactChanged } from './contact-changed.v1.ts';
export { opportunityAccountAssigned, type OpportunityAccountAssigned } from './opportunity-account-assigned.v1.ts';
export { opportunityAmountRevised, type OpportunityAmountRevised } from './opportunity-amount-revised.v1.ts';
export { opportunityCloseExpected, type OpportunityCloseExpected } from './opportunity-close-expected.v1.ts';
export { opportunityOpened, type OpportunityOpened } from './opportunity-opened.v1.ts';
export { opportunityOwnerAssigned, type OpportunityOwnerAssigned } from './opportunity-owner-assigned.v1.ts';
export {
  opportunityProbabilityOverridden,
  type OpportunityProbabilityOverridden,
} from './opportunity-probability-overridden.v1.ts';
export { opportunityStageEntered, type OpportunityStageEntered } from './opportunity-stage-entered.v1.ts';
export { personalDataErased, type PersonalDataErased } from './personal-data-erased.v1.ts';
export { pipelineDefined, type PipelineDefined } from './pipeline-defined.v1.ts';
export { staffPlaced, type StaffPlaced } from './staff-placed.v1.ts';
export {
  ACCOUNT_KINDS,
  CHANNELS,
  CONSENTS,
  CONTACT_ROLES,
  LEGAL_FORMS,
  PAYMENT_TERM_BASES,
  STAGE_KINDS,
  WIN_EVIDENCES,
  type AccountKind,
  type Channel,
  type Consent,
  type ContactRole,
  type LegalForm,
  type PaymentTermBase,
  type StageKind,
  type WinEvidence,
} from './values.ts';
export { identityOfName, importedName, type ImportedKind, type ImportSource } from './imported-ids.ts';

/** Everything that accounts publishes. */
export const contracts: readonly ContractDefinition[] = [
  accountChanged,
  accountOwnerAssigned,
  accountRegistered,
  accountTermsSet,
  contactAdded,
  contactChanged,
  opportunityAccountAssigned,
  opportunityAmountRevised,
  opportunityCloseExpected,
  opportunityOpened,
  opportunityOwnerAssigned,
  opportunityProbabilityOverridden,
  opportunityStageEntered,
  personalDataErased,
  pipelineDefined,
  staffPlaced,
];
