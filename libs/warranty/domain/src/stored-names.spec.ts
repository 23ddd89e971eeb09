import { expect, it } from '@jest/globals';
import { storedNames } from '@kontor/testing/pure';
import { claimAggregate } from './claim/claim.decider.ts';
import { unitAggregate } from './unit/unit.decider.ts';
import { warrantyTermAggregate } from './warranty-term/warranty-term.decider.ts';

const aggregates = [claimAggregate, unitAggregate, warrantyTermAggregate];

it('X-01, X-08: streams, stored names, versions and sealed fields are what they always were', () => {
  expect(storedNames(aggregates)).toEqual([
    [
      'claim',
      [
        'warranty.ClaimOpened.v1: accountId seals description',
        'warranty.ClaimHandedOver.v1',
        'warranty.CoverageDecided.v1',
        'warranty.GoodwillGranted.v1',
        'warranty.WorkOrderOpened.v1',
        'warranty.RepairRecorded.v1',
        'warranty.ClaimRejected.v1',
        'warranty.ClaimClosed.v1: accountId seals signedBy',
        'warranty.ClaimReopened.v1',
      ],
    ],
    [
      'unit',
      [
        'warranty.UnitRegistered.v1',
        'warranty.UnitRedelivered.v1',
        'warranty.WarrantyStarted.v1',
        'warranty.UnitTransferred.v1',
        'warranty.UnitTakenOffWarranty.v1',
        'warranty.UnitReplaced.v1',
        'warranty.CoverUsed.v1',
      ],
    ],
    ['warrantyTerm', ['warranty.WarrantyTermDefined.v1', 'warranty.ProductTakenOffWarranty.v1']],
  ]);
});
