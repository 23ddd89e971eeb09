import type { Scaled } from '@kontor/kernel';
import type { CapsUsed } from '../cover/coverage.ts';
import type { RegistrationFact } from '../cover/registration.ts';
import type { Cover } from '../cover/term.ts';

/** One repair that was borne under the cover in force. */
export interface CoverUse {
  readonly claimId: string;
  readonly workOrderId: string;
  readonly currency: string;
  readonly partsMinor: number;
  readonly labourMinor: number;
}

export interface RegisteredUnit {
  readonly status: 'in-use' | 'replaced';
  readonly unitId: string;
  readonly entityId: string;
  readonly serial: string | null;
  readonly productId: string;
  readonly sku: string;
  readonly accountId: string;
  readonly quantity: Scaled;
  /** `<deliveryId>|<lineId>` of every delivery that the unit came with. */
  readonly deliveries: readonly string[];
  readonly cover: Cover | null;
  readonly started: boolean;
  readonly takenOff: boolean;
  readonly facts: readonly RegistrationFact[];
  readonly uses: readonly CoverUse[];
  readonly replacesUnitId: string | null;
  readonly replacedByUnitId: string | null;
}

export type UnitState = { readonly status: 'unknown' } | RegisteredUnit;

export const initialUnit: UnitState = { status: 'unknown' };

/** What counts against the caps of the cover in force: claims, and amounts in the currency of the cap. */
export function capsUsed(unit: RegisteredUnit): CapsUsed {
  const caps = unit.cover?.term.caps;
  const sum = (currency: string | undefined, amountOf: (use: CoverUse) => number) =>
    unit.uses.filter((use) => use.currency === currency).reduce((total, use) => total + amountOf(use), 0);
  return {
    claims: new Set(unit.uses.map((use) => use.claimId)).size,
    partsMinor: sum(caps?.parts?.currency, (use) => use.partsMinor),
    labourMinor: sum(caps?.labour?.currency, (use) => use.labourMinor),
  };
}
