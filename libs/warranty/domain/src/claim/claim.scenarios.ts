import { coverageOf } from '../cover/coverage.ts';
import type { RegistrationFact } from '../cover/registration.ts';
import type { Caps } from '../cover/term.ts';
import type { ClaimCommand, OpenClaim, RecordRepair } from './claim.commands.ts';
import { claimAggregate } from './claim.decider.ts';
import type {
  ClaimClosed,
  ClaimOpened,
  ClaimRejected,
  ClaimReopened,
  CoverageDecided,
  RepairRecorded,
  WorkOrderOpened,
} from './claim.events.ts';

export const { decider } = claimAggregate;
export const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const NO_CAPS: Caps = { claims: null, parts: null, labour: null };
export const registered = (caps: Caps = NO_CAPS): RegistrationFact => ({
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
export const facts = (registration: readonly RegistrationFact[]) => ({
  registration,
  capsUsed: { claims: 0, partsMinor: 0, labourMinor: 0 },
  serviceContract: null,
});

export const OPEN: OpenClaim = {
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
export const opened = (more: Partial<ClaimOpened['data']> = {}): ClaimOpened => ({
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
export const decided = (registration: readonly RegistrationFact[], incidentDate = '2026-10-03'): CoverageDecided => {
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
export const DECIDE = {
  type: 'DecideCoverage',
  facts: facts([registered()]),
  businessDate: '2026-10-05',
} satisfies ClaimCommand;
export const ORDER = {
  type: 'OpenWorkOrder',
  workOrderId: 'work-1',
  workshop: 'own',
  workshopAccountId: null,
  task: 'replace the seal',
  businessDate: '2026-10-06',
} satisfies ClaimCommand;
export const ordered = (n = 1): WorkOrderOpened => ({
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
export const repair = (partsMinor: number, labourMinor: number, workOrderId = 'work-1'): RecordRepair => ({
  type: 'RecordRepair',
  workOrderId,
  currency: 'EUR',
  partsMinor,
  labourMinor,
  work: 'seal replaced',
  businessDate: '2026-10-08',
});
export const repaired = (more: Partial<RepairRecorded['data']> = {}): RepairRecorded => ({
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
export const rejected: ClaimRejected = {
  type: 'ClaimRejected',
  data: { claimId: 'claim-1', reason: 'damage by frost', businessDate: '2026-10-09' },
};
export const closed: ClaimClosed = {
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
export const reopened: ClaimReopened = {
  type: 'ClaimReopened',
  data: { claimId: 'claim-1', reason: 'it leaks again', businessDate: '2026-11-02' },
};
