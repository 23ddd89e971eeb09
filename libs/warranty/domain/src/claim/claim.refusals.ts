import { refuse } from '@kontor/kernel';
import type { OpenedClaim } from './claim.state.ts';

// Refusals that several rules of a claim give.

export const claimUnknown = () => refuse('ClaimUnknown', 'There is no such claim.');

export const coverageNotDecided = (claim: OpenedClaim) =>
  refuse('CoverageNotDecided', 'The coverage of the claim is decided before work begins or goodwill is granted.', {
    number: claim.number,
  });

export const workHasBegun = (claim: OpenedClaim) =>
  refuse('WorkHasBegun', 'Work has begun on the strength of the coverage decision.', {
    workOrders: claim.workOrders.map((order) => order.number),
  });

export const currencyDiffers = (expected: string, given: string) =>
  refuse('CurrencyDiffers', 'Amounts of different currencies are never added.', { expected, given });
