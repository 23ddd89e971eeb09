import type { CloudEvent, ProcessManager } from '@kontor/kernel';
import type { Coverage } from '../cover/coverage.ts';
import type { MarkUnitReplaced, RecordCoverUse } from '../unit/unit.commands.ts';

/** What the process reads of our own `repair-recorded`; the service's test holds it against the contract. */
export interface RepairHeard {
  readonly claimId: string;
  readonly unitId: string;
  readonly workOrderId: string;
  readonly coverage: Coverage;
  readonly currency: string;
  readonly coveredPartsMinor: number;
  readonly coveredLabourMinor: number;
  readonly businessDate: string;
}

/** What the process reads of our own `unit-registered`. */
export interface RegistrationHeard {
  readonly unitId: string;
  readonly replacesUnitId: string | null;
  readonly businessDate: string;
}

export const REPAIR_RECORDED = 'kontor.warranty.repair-recorded.v1';
export const UNIT_REGISTERED = 'kontor.warranty.unit-registered.v1';

/**
 * What one unit must know of other streams of this service: what its claims used up of its caps (W-04), and that another
 * unit took its place (W-03). It needs no memory: each event says all.
 */
export const unitHistory: ProcessManager<Record<string, never>, RecordCoverUse | MarkUnitReplaced> = {
  name: 'UnitHistory',
  initial: {},
  reactions: {
    [REPAIR_RECORDED]: {
      correlate: (event) =>
        heard<RepairHeard>(event).coverage === 'warranty' ? heard<RepairHeard>(event).unitId : null,
      react: (state, event) => {
        const repair = heard<RepairHeard>(event);
        return {
          state,
          commands: [
            {
              step: 'record-cover-use',
              aggregate: 'unit',
              key: repair.unitId,
              command: {
                type: 'RecordCoverUse',
                claimId: repair.claimId,
                workOrderId: repair.workOrderId,
                currency: repair.currency,
                partsMinor: repair.coveredPartsMinor,
                labourMinor: repair.coveredLabourMinor,
                businessDate: repair.businessDate,
              },
            },
          ],
        };
      },
    },
    [UNIT_REGISTERED]: {
      correlate: (event) => heard<RegistrationHeard>(event).replacesUnitId,
      react: (state, event) => {
        const { replacesUnitId, unitId, businessDate } = heard<RegistrationHeard>(event);
        if (replacesUnitId === null) return { state, commands: [] };
        return {
          state,
          commands: [
            {
              step: 'mark-replaced',
              aggregate: 'unit',
              key: replacesUnitId,
              command: { type: 'MarkUnitReplaced', replacementUnitId: unitId, businessDate },
            },
          ],
        };
      },
    },
  },
};

// Each reaction gets the data of its own contract type.
function heard<Data>(event: CloudEvent): Data {
  return event.data as Data;
}
