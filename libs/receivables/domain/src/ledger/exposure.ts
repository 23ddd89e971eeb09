import type { BusinessDate } from '@kontor/kernel';
import type { LedgerState } from './ledger.state.ts';

/** The parts of the exposure; each can be switched off by configuration. */
export interface ExposureSwitches {
  readonly principal: boolean;
  readonly charges: boolean;
  readonly reservations: boolean;
  readonly unbilledDeliveries: boolean;
  readonly unallocatedCredit: boolean;
}

export const ALL_EXPOSURE: ExposureSwitches = {
  principal: true,
  charges: true,
  reservations: true,
  unbilledDeliveries: true,
  unallocatedCredit: true,
};

export interface Exposure {
  readonly principalMinor: number;
  readonly chargesMinor: number;
  readonly reservedMinor: number;
  readonly unbilledMinor: number;
  /** Subtracted. */
  readonly unallocatedMinor: number;
  readonly totalMinor: number;
}

/**
 * Exposure = open receivables + reserved orders + unbilled deliveries − unallocated credit, explained by its parts. With a
 * day, money that is dated later is not here yet: what it will settle is open still.
 */
export function exposureOf(
  ledger: LedgerState,
  switches: ExposureSwitches = ALL_EXPOSURE,
  day: BusinessDate | null = null,
): Exposure {
  const totals = day === null ? ledger.totals : totalsOn(ledger, day);
  const principalMinor = switches.principal ? totals.principalMinor : 0;
  const chargesMinor = switches.charges ? totals.chargesMinor : 0;
  const reservedMinor = switches.reservations ? totals.reservedMinor : 0;
  const unbilledMinor = switches.unbilledDeliveries ? totals.unbilledMinor : 0;
  const unallocatedMinor = switches.unallocatedCredit ? totals.unallocatedMinor : 0;
  return {
    principalMinor,
    chargesMinor,
    reservedMinor,
    unbilledMinor,
    unallocatedMinor,
    totalMinor: principalMinor + chargesMinor + reservedMinor + unbilledMinor - unallocatedMinor,
  };
}

function totalsOn({ totals, credits, creditsThrough }: LedgerState, day: BusinessDate): LedgerState['totals'] {
  if (creditsThrough === null || creditsThrough <= day) return totals;
  let { principalMinor, chargesMinor, unallocatedMinor } = totals;
  for (const credit of credits.values()) {
    if (credit.date <= day) continue;
    unallocatedMinor -= credit.unallocatedMinor;
    for (const { component, amountMinor } of credit.allocations)
      if (component === 'principal') principalMinor += amountMinor;
      else chargesMinor += amountMinor;
  }
  return { ...totals, principalMinor, chargesMinor, unallocatedMinor };
}
