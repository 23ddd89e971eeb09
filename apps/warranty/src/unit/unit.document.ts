import { capsUsed, type RegisteredUnit, standingOn } from '@kontor/warranty-domain';

/** A unit as it is shown: folded from its stream, its cover as of today. */
export function unitDocument(unit: RegisteredUnit, today: string) {
  const standing = standingOn(unit.facts, today);
  return {
    id: unit.unitId,
    entityId: unit.entityId,
    status: unit.status,
    serial: unit.serial,
    productId: unit.productId,
    sku: unit.sku,
    accountId: unit.accountId,
    quantity: unit.quantity,
    warranty:
      unit.cover === null
        ? null
        : {
            termVersion: unit.cover.term.version,
            basis: unit.cover.term.basis,
            start: standing.period.start,
            end: standing.period.end,
            partsEnd: standing.period.partsEnd,
            labourEnd: standing.period.labourEnd,
            takenOffOn: standing.takenOffOn,
            caps: unit.cover.term.caps,
            capsUsed: capsUsed(unit),
          },
    replacesUnitId: unit.replacesUnitId,
    replacedByUnitId: unit.replacedByUnitId,
    history: unit.facts,
  };
}
