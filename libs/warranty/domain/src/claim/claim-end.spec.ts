import { describe, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import type { ClaimCommand, GrantGoodwill } from './claim.commands.ts';
import type { GoodwillGranted } from './claim.events.ts';
import {
  decider,
  eur,
  registered,
  opened,
  decided,
  DECIDE,
  ORDER,
  ordered,
  repair,
  repaired,
  rejected,
  closed,
  reopened,
} from './claim.scenarios.ts';

describe('goodwill', () => {
  const grant = (amountMinor: number, limitMinor = 20_000): GrantGoodwill => ({
    type: 'GrantGoodwill',
    upTo: eur(amountMinor),
    roleLimit: eur(limitMinor),
    reason: 'client of ten years',
    businessDate: '2026-10-06',
  });
  const granted: GoodwillGranted = {
    type: 'GoodwillGranted',
    data: {
      claimId: 'claim-1',
      unitId: 'unit-1',
      incidentDate: '2026-10-03',
      warrantyStart: null,
      warrantyEnd: null,
      termVersion: null,
      reasonCode: 'NotRegisteredThen',
      upTo: eur(10_000),
      roleLimit: eur(20_000),
      reason: 'client of ten years',
      businessDate: '2026-10-06',
    },
  };

  it('W-06: is granted within the limit of a role, and not beyond', () => {
    given(decider, [opened(), decided([])])
      .when(grant(10_000))
      .then(granted);
    given(decider, [opened(), decided([])])
      .when(grant(20_001))
      .thenRefused('GoodwillBeyondLimit', { upTo: eur(20_001), roleLimit: eur(20_000) });
  });

  it('W-06: needs a coverage decision that left something, and no work begun', () => {
    given(decider, [opened()]).when(grant(1)).thenRefused('CoverageNotDecided', { number: 'CL-2026-7F3C9A20B1' });
    given(decider, [opened(), decided([registered()])])
      .when(grant(1))
      .thenRefused('GoodwillNotNeeded', { coverage: 'warranty', reasonCode: 'WithinTerm' });
    given(decider, [opened(), decided([]), ordered()])
      .when(grant(1))
      .thenRefused('WorkHasBegun', { workOrders: ['WO-CL-2026-7F3C9A20B1-1'] });
  });

  it('W-06: bears the cost up to its amount, once', () => {
    given(decider, [opened(), decided([]), granted, ordered()])
      .when(repair(4250, 9000))
      .then(
        repaired({
          coverage: 'goodwill',
          coveredPartsMinor: 0,
          coveredLabourMinor: 0,
          goodwillMinor: 10_000,
          borneByUsMinor: 10_000,
          borneByClientMinor: 3250,
        }),
      );
  });
});

describe('the end of a claim', () => {
  const CLOSE: ClaimCommand = {
    type: 'CloseClaim',
    signature: { signedBy: 'A. Boren', signedOn: '2026-10-10' },
    reason: null,
    businessDate: '2026-10-10',
  };
  const work = [opened(), decided([registered()]), ordered(), repaired()];

  it('W-06: closes with the signature “no claims”, or with a reason', () => {
    given(decider, work).when(CLOSE).then(closed);
    given(decider, work)
      .when({ ...CLOSE, signature: null, reason: 'the client moved away' })
      .then({
        type: 'ClaimClosed',
        data: {
          ...closed.data,
          outcome: 'closed-with-reason',
          signedBy: null,
          signedOn: null,
          reason: 'the client moved away',
        },
      });
    given(decider, work)
      .when({ ...CLOSE, signature: null })
      .thenRefused('SignatureOrReasonNeeded', {});
    given(decider, work)
      .when({ ...CLOSE, businessDate: '2026-10-09' })
      .thenRefused('SignedInFuture', { signedOn: '2026-10-10', today: '2026-10-09' });
  });

  it('W-06: does not close while a work order waits', () => {
    given(decider, [opened(), decided([registered()]), ordered()])
      .when(CLOSE)
      .thenRefused('WorkOrderUnfinished', { workOrders: ['WO-CL-2026-7F3C9A20B1-1'] });
  });

  it('W-06: is rejected with a reason, but not after work has begun', () => {
    const command: ClaimCommand = { type: 'RejectClaim', reason: 'damage by frost', businessDate: '2026-10-09' };
    given(decider, [opened(), decided([])])
      .when(command)
      .then(rejected);
    given(decider, work)
      .when(command)
      .thenRefused('WorkHasBegun', { workOrders: ['WO-CL-2026-7F3C9A20B1-1'] });
  });

  it('W-06: is taken up again from either end, and its coverage decided anew', () => {
    const command: ClaimCommand = { type: 'ReopenClaim', reason: 'it leaks again', businessDate: '2026-11-02' };
    given(decider, [...work, closed])
      .when(command)
      .then(reopened);
    given(decider, [opened(), rejected]).when(command).then(reopened);
    given(decider, [opened()]).when(command).thenRefused('ClaimOpen', { number: 'CL-2026-7F3C9A20B1' });
    given(decider, [...work, closed, reopened])
      .when(ORDER)
      .thenRefused('CoverageNotDecided', { number: 'CL-2026-7F3C9A20B1' });
    given(decider, [...work, closed, reopened, decided([registered()])])
      .when({ ...ORDER, workOrderId: 'work-2' })
      .then(ordered(2));
  });

  it.each<ClaimCommand>([
    { type: 'HandOverClaim', ownerId: 'staff-2', businessDate: '2026-10-11' },
    DECIDE,
    ORDER,
    repair(1, 1),
    { type: 'RejectClaim', reason: 'no', businessDate: '2026-10-11' },
    CLOSE,
  ])('W-06: a closed claim refuses $type', (command) => {
    given(decider, [...work, closed])
      .when(command)
      .thenRefused('ClaimNotOpen', { number: 'CL-2026-7F3C9A20B1', status: 'closed' });
    given(decider, []).when(command).thenRefused('ClaimUnknown', {});
  });
});
