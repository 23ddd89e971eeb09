import type { LedgerState } from './ledger.state.ts';

/** The parts of the exposure; each can be switched off by configuration. */
export interface ExposureSwitches {
  readonly principal: boolean;
  readonly charges: boolean;
  readonly reservations: boolean;
  readonly unbilledDeliveries: boolean;
  readonly unallocatedCredit: boolean;
}

const ALL_EXPOSURE: ExposureSwitches = {
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

/** Exposure = open receivables + reserved orders + unbilled deliveries − unallocated credit, explained by its parts. */
export function exposureOf(ledger: LedgerState, switches: ExposureSwitches = ALL_EXPOSURE): Exposure {
  const { totals } = ledger;
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
