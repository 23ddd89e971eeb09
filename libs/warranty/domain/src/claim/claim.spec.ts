import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { coverageOf } from '../cover/coverage.ts';
import {
  decider,
  eur,
  registered,
  facts,
  OPEN,
  opened,
  decided,
  DECIDE,
  ORDER,
  ordered,
  repair,
  repaired,
} from './claim.scenarios.ts';

describe('intake', () => {
  it('W-05: opens a claim with an owner', () => {
    given(decider, []).when(OPEN).then(opened());
  });

  it('W-05: a wish, a complaint and praise need no unit, a claim does', () => {
    given(decider, [])
      .when({ ...OPEN, kind: 'wish', unit: null })
      .then(opened({ kind: 'wish', unitId: null, productId: null }));
    given(decider, [])
      .when({ ...OPEN, unit: null })
      .thenRefused('ClaimNeedsUnit', { kind: 'claim' });
  });

  it('W-05: refuses an incident in the future and a claim opened twice', () => {
    given(decider, [])
      .when({ ...OPEN, incidentDate: '2026-10-06' })
      .thenRefused('IncidentInFuture', { incidentDate: '2026-10-06', today: '2026-10-05' });
    given(decider, [opened()]).when(OPEN).thenRefused('ClaimAlreadyOpened', { number: 'CL-2026-7F3C9A20B1' });
  });

  it('W-05: an owner hands over, and cannot just let go', () => {
    given(decider, [opened()])
      .when({ type: 'HandOverClaim', ownerId: 'staff-2', businessDate: '2026-10-06' })
      .then({
        type: 'ClaimHandedOver',
        data: { claimId: 'claim-1', ownerId: 'staff-2', previousOwnerId: 'staff-1', businessDate: '2026-10-06' },
      });
    given(decider, [opened()]).when({ type: 'HandOverClaim', ownerId: 'staff-1', businessDate: '2026-10-06' }).then();
  });
});

describe('coverage and work', () => {
  it('W-04: records the decision with its inputs, which give it again', () => {
    given(decider, [opened()])
      .when(DECIDE)
      .then(decided([registered()]));
    const { data } = decided([registered()]);
    expect(coverageOf(data.inputs)).toMatchObject({ coverage: data.coverage, reasonCode: data.reasonCode });
  });

  it('W-04: leaves facts after the incident out of the decision and of its record', () => {
    const command = { ...DECIDE, facts: facts([registered(), { kind: 'taken-off', businessDate: '2026-10-04' }]) };
    given(decider, [opened()])
      .when(command)
      .then(decided([registered()]));
  });

  it('W-04: is decided again until work begins, and not after', () => {
    given(decider, [opened(), decided([])])
      .when(DECIDE)
      .then(decided([registered()]));
    given(decider, [opened(), decided([registered()]), ordered()])
      .when(DECIDE)
      .thenRefused('WorkHasBegun', { workOrders: ['WO-CL-2026-7F3C9A20B1-1'] });
    given(decider, [opened({ kind: 'wish', unitId: null, productId: null })])
      .when(DECIDE)
      .thenRefused('ClaimWithoutUnit', { number: 'CL-2026-7F3C9A20B1' });
  });

  it('W-05: no work order before the coverage decision', () => {
    given(decider, [opened()]).when(ORDER).thenRefused('CoverageNotDecided', { number: 'CL-2026-7F3C9A20B1' });
    given(decider, [opened(), decided([registered()])])
      .when(ORDER)
      .then(ordered());
  });

  it('W-06: records parts and labour, borne by us under warranty', () => {
    given(decider, [opened(), decided([registered()]), ordered()])
      .when(repair(4250, 9000))
      .then(repaired());
  });

  it('W-08: after expiry the client bears the repair', () => {
    given(decider, [opened(), decided([]), ordered()])
      .when(repair(4250, 9000))
      .then(
        repaired({
          coverage: 'paid',
          coveredPartsMinor: 0,
          coveredLabourMinor: 0,
          borneByUsMinor: 0,
          borneByClientMinor: 13_250,
        }),
      );
  });

  it('W-04: a cap bounds what is borne, over several work orders of a claim', () => {
    const capped = registered({ claims: null, parts: eur(5000), labour: null });
    given(decider, [opened(), decided([capped]), ordered(), repaired(), ordered(2)])
      .when(repair(4250, 100, 'work-2'))
      .then(
        repaired({
          workOrderId: 'work-2',
          labourMinor: 100,
          coveredPartsMinor: 750,
          coveredLabourMinor: 100,
          borneByUsMinor: 850,
          borneByClientMinor: 3500,
        }),
      );
    given(decider, [opened(), decided([capped]), ordered()])
      .when({ ...repair(1, 1), currency: 'USD' })
      .thenRefused('CurrencyDiffers', { expected: 'EUR', given: 'USD' });
  });

  it('W-06: refuses a repair without its work order, twice, or below zero', () => {
    const inWork = given(decider, [opened(), decided([registered()]), ordered()]);
    inWork.when(repair(1, 1, 'work-9')).thenRefused('WorkOrderUnknown', { workOrderId: 'work-9' });
    inWork.when(repair(-1, 1)).thenRefused('CostOutOfRange', { partsMinor: -1, labourMinor: 1 });
    given(decider, [opened(), decided([registered()]), ordered(), repaired()])
      .when(repair(1, 1))
      .thenRefused('RepairAlreadyRecorded', { workOrder: 'WO-CL-2026-7F3C9A20B1-1' });
  });
});
