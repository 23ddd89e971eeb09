import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing';
import { coverageOf } from '../cover/coverage.ts';
import type { RegistrationFact } from '../cover/registration.ts';
import type { Caps } from '../cover/term.ts';
import type { ClaimCommand, GrantGoodwill, OpenClaim, RecordRepair } from './claim.commands.ts';
import { claimAggregate } from './claim.decider.ts';
import type {
  ClaimClosed,
  ClaimOpened,
  ClaimRejected,
  ClaimReopened,
  CoverageDecided,
  GoodwillGranted,
  RepairRecorded,
  WorkOrderOpened,
} from './claim.events.ts';

const { decider } = claimAggregate;
const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const NO_CAPS: Caps = { claims: null, parts: null, labour: null };
const registered = (caps: Caps = NO_CAPS): RegistrationFact => ({
  kind: 'registered',
  businessDate: '2026-03-02',
  cover: {
    term: {
      version: 3,
      basis: 'delivery',
      graceCapDays: null,
      partsMonths: 24,
      labourMonths: 12,
      minimumMonths: 12,
      replacementPolicy: 'minimum',
      caps,
    },
    deliveredOn: '2026-03-02',
    remaining: { parts: null, labour: null },
  },
});
const facts = (registration: readonly RegistrationFact[]) => ({
  registration,
  capsUsed: { claims: 0, partsMinor: 0, labourMinor: 0 },
  serviceContract: null,
});

const OPEN: OpenClaim = {
  type: 'OpenClaim',
  claimId: 'claim-1',
  number: 'CL-2026-7F3C9A20B1',
  entityId: 'main',
  kind: 'claim',
  unit: { unitId: 'unit-1', productId: 'product-1' },
  accountId: 'account-1',
  ownerId: 'staff-1',
  incidentDate: '2026-10-03',
  description: 'It leaks.',
  cause: null,
  damage: null,
  businessDate: '2026-10-05',
};
const opened = (more: Partial<ClaimOpened['data']> = {}): ClaimOpened => ({
  type: 'ClaimOpened',
  data: {
    claimId: 'claim-1',
    number: 'CL-2026-7F3C9A20B1',
    entityId: 'main',
    kind: 'claim',
    unitId: 'unit-1',
    productId: 'product-1',
    accountId: 'account-1',
    ownerId: 'staff-1',
    incidentDate: '2026-10-03',
    description: 'It leaks.',
    cause: null,
    damage: null,
    businessDate: '2026-10-05',
    ...more,
  },
});
const decided = (registration: readonly RegistrationFact[], incidentDate = '2026-10-03'): CoverageDecided => {
  const inputs = { incidentDate, ...facts(registration) };
  return {
    type: 'CoverageDecided',
    data: {
      claimId: 'claim-1',
      unitId: 'unit-1',
      incidentDate,
      ...coverageOf(inputs),
      inputs,
      businessDate: '2026-10-05',
    },
  };
};
const DECIDE: ClaimCommand = { type: 'DecideCoverage', facts: facts([registered()]), businessDate: '2026-10-05' };
const ORDER: ClaimCommand = {
  type: 'OpenWorkOrder',
  workOrderId: 'work-1',
  workshop: 'own',
  workshopAccountId: null,
  task: 'replace the seal',
  businessDate: '2026-10-06',
};
const ordered = (n = 1): WorkOrderOpened => ({
  type: 'WorkOrderOpened',
  data: {
    claimId: 'claim-1',
    workOrderId: `work-${n}`,
    number: `WO-CL-2026-7F3C9A20B1-${n}`,
    workshop: 'own',
    workshopAccountId: null,
    task: 'replace the seal',
    businessDate: '2026-10-06',
  },
});
const repair = (partsMinor: number, labourMinor: number, workOrderId = 'work-1'): RecordRepair => ({
  type: 'RecordRepair',
  workOrderId,
  currency: 'EUR',
  partsMinor,
  labourMinor,
  work: 'seal replaced',
  businessDate: '2026-10-08',
});
const repaired = (more: Partial<RepairRecorded['data']> = {}): RepairRecorded => ({
  type: 'RepairRecorded',
  data: {
    claimId: 'claim-1',
    unitId: 'unit-1',
    workOrderId: 'work-1',
    coverage: 'warranty',
    currency: 'EUR',
    partsMinor: 4250,
    labourMinor: 9000,
    coveredPartsMinor: 4250,
    coveredLabourMinor: 9000,
    goodwillMinor: 0,
    borneByUsMinor: 13_250,
    borneByClientMinor: 0,
    work: 'seal replaced',
    businessDate: '2026-10-08',
    ...more,
  },
});
const rejected: ClaimRejected = {
  type: 'ClaimRejected',
  data: { claimId: 'claim-1', reason: 'damage by frost', businessDate: '2026-10-09' },
};
const closed: ClaimClosed = {
  type: 'ClaimClosed',
  data: {
    claimId: 'claim-1',
    accountId: 'account-1',
    outcome: 'no-claims-signed',
    signedBy: 'A. Boren',
    signedOn: '2026-10-10',
    reason: null,
    businessDate: '2026-10-10',
  },
};
const reopened: ClaimReopened = {
  type: 'ClaimReopened',
  data: { claimId: 'claim-1', reason: 'it leaks again', businessDate: '2026-11-02' },
};

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
