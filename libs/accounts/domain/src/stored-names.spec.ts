import { expect, it } from '@jest/globals';
import { storedNames } from '@kontor/testing/pure';
import { accountAggregate } from './account/account.codec.ts';
import { erasureAggregate } from './erasure/erasure.decider.ts';
import { importRunAggregate } from './import-run/import-run.decider.ts';
import { numberClaimAggregate } from './number-claim/number-claim.decider.ts';
import { numberRangeAggregate } from './number-range/number-range.decider.ts';
import { opportunityAggregate } from './opportunity/opportunity.codec.ts';
import { pipelineAggregate } from './pipeline/pipeline.decider.ts';
import { staffAggregate } from './staff/staff.codec.ts';

const aggregates = [
  accountAggregate,
  erasureAggregate,
  importRunAggregate,
  numberClaimAggregate,
  numberRangeAggregate,
  opportunityAggregate,
  pipelineAggregate,
  staffAggregate,
];

it('X-01, X-08: streams, stored names, versions and sealed fields are what they always were', () => {
  expect(storedNames(aggregates)).toEqual([
    [
      'account',
      [
        'accounts.AccountRegistered.v1: accountId seals personName, personTaxId, personAddress',
        'accounts.AccountChanged.v1: accountId seals personName, personTaxId, personAddress',
        'accounts.AccountOwnerAssigned.v1',
        'accounts.AccountTermsSet.v1',
        'accounts.ContactAdded.v1: contactId seals name, email, phone',
        'accounts.ContactChanged.v1: contactId seals name, email, phone',
        'accounts.AccountSourceNoted.v1',
      ],
    ],
    ['erasure', ['accounts.PersonalDataErased.v1']],
    ['importRun', ['accounts.ImportBegun.v1']],
    ['numberClaim', ['accounts.NumberClaimed.v1']],
    ['numberRange', ['accounts.NumbersReserved.v1']],
    [
      'opportunity',
      [
        'accounts.OpportunityOpened.v1',
        'accounts.OpportunityStageEntered.v1',
        'accounts.OpportunityAmountRevised.v1',
        'accounts.OpportunityCloseExpected.v1',
        'accounts.OpportunityOwnerAssigned.v1',
        'accounts.OpportunityAccountAssigned.v1',
        'accounts.OpportunityProbabilityOverridden.v1',
        'accounts.OpportunitySourceNoted.v1',
      ],
    ],
    ['pipeline', ['accounts.PipelineDefined.v1']],
    ['staff', ['accounts.StaffPlaced.v1: staffId seals name, externalId, sourceContent']],
  ]);
});
