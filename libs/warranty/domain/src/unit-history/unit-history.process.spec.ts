import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@kontor/kernel';
import {
  REPAIR_RECORDED,
  UNIT_REGISTERED,
  unitHistory,
  type RegistrationHeard,
  type RepairHeard,
} from './unit-history.process.ts';

const repair: RepairHeard = {
  claimId: 'claim-1',
  unitId: 'unit-1',
  workOrderId: 'work-1',
  coverage: 'warranty',
  currency: 'EUR',
  coveredPartsMinor: 4250,
  coveredLabourMinor: 9000,
  businessDate: '2026-10-08',
};
const replacement: RegistrationHeard = { unitId: 'unit-2', replacesUnitId: 'unit-1', businessDate: '2027-12-01' };
const hear = (type: string, data: RepairHeard | RegistrationHeard) => {
  const reaction = unitHistory.reactions[type];
  if (reaction === undefined) throw new Error(`no reaction to ${type}`);
  const event = { data } as unknown as CloudEvent;
  return { key: reaction.correlate(event), commands: reaction.react({}, event).commands };
};

describe('UnitHistory', () => {
  it('W-04: a repair under warranty counts against the caps of its unit', () => {
    expect(hear(REPAIR_RECORDED, repair)).toEqual({
      key: 'unit-1',
      commands: [
        {
          step: 'record-cover-use',
          aggregate: 'unit',
          key: 'unit-1',
          command: {
            type: 'RecordCoverUse',
            claimId: 'claim-1',
            workOrderId: 'work-1',
            currency: 'EUR',
            partsMinor: 4250,
            labourMinor: 9000,
            businessDate: '2026-10-08',
          },
        },
      ],
    });
  });

  it('W-04: goodwill and paid repairs do not', () => {
    expect(hear(REPAIR_RECORDED, { ...repair, coverage: 'goodwill' }).key).toBeNull();
    expect(hear(REPAIR_RECORDED, { ...repair, coverage: 'paid' }).key).toBeNull();
  });

  it('W-03: a replacement marks the unit that it stands for', () => {
    expect(hear(UNIT_REGISTERED, replacement)).toEqual({
      key: 'unit-1',
      commands: [
        {
          step: 'mark-replaced',
          aggregate: 'unit',
          key: 'unit-1',
          command: { type: 'MarkUnitReplaced', replacementUnitId: 'unit-2', businessDate: '2027-12-01' },
        },
      ],
    });
    expect(hear(UNIT_REGISTERED, { ...replacement, replacesUnitId: null })).toEqual({ key: null, commands: [] });
  });
});
