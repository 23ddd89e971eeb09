import type { Principal } from '@kontor/auth';
import { notFound } from '@kontor/http';
import { currencyExponent, type Money } from '@kontor/kernel';
import type { ServiceRuntime } from '@kontor/service';
import { capsUsed, claimAggregate, type DecideCoverage, type OpenedClaim } from '@kontor/warranty-domain';
import { loadUnit } from '../unit/unit.facts.ts';
import { GOODWILL_LIMITS_MAJOR } from '../warranty.config.ts';

/** A number that people can say, from the claim's own id: `CL-2026-7F3C9A20B1`. */
export function claimNumber(claimId: string, businessDate: string): string {
  return `CL-${businessDate.slice(0, 4)}-${claimId.replaceAll('-', '').slice(0, 10).toUpperCase()}`;
}

/** The most that the caller's roles may grant as goodwill, in the currency asked for. */
export function goodwillLimit(principal: Principal, currency: string): Money {
  const major = Math.max(0, ...principal.roles.map((role) => GOODWILL_LIMITS_MAJOR[role] ?? 0));
  return { amountMinor: major * 10 ** currencyExponent(currency), currency };
}

/** The facts that coverage is decided on, from the unit's own stream; a claim without a unit has none. */
export async function coverageFacts(
  runtime: ServiceRuntime,
  unitId: string | null,
  serviceContract: DecideCoverage['facts']['serviceContract'],
): Promise<DecideCoverage['facts']> {
  if (unitId === null)
    return { registration: [], capsUsed: { claims: 0, partsMinor: 0, labourMinor: 0 }, serviceContract };
  const { unit } = await loadUnit(runtime, unitId);
  return { registration: unit.facts, capsUsed: capsUsed(unit), serviceContract };
}

export async function loadClaim(
  runtime: ServiceRuntime,
  id: string,
): Promise<{ readonly claim: OpenedClaim; readonly revision: bigint }> {
  const { state, revision } = await runtime.runner.load(claimAggregate, id);
  if (state.status === 'unknown') throw notFound('claim', id);
  return { claim: state, revision };
}

/** A claim as it is shown: its facets beside one another. */
export function claimDocument(claim: OpenedClaim) {
  return {
    id: claim.claimId,
    number: claim.number,
    entityId: claim.entityId,
    kind: claim.kind,
    status: claim.status,
    accountId: claim.accountId,
    ownerId: claim.ownerId,
    unitId: claim.unitId,
    productId: claim.productId,
    incidentDate: claim.incidentDate,
    openedOn: claim.openedOn,
    description: claim.description,
    cause: claim.cause,
    damage: claim.damage,
    coverage: claim.coverage,
    goodwillLeftMinor: claim.goodwillLeftMinor,
    workOrders: claim.workOrders,
  };
}
