import { accept, defineAggregate, refuse, type Decider, type Decision } from '@kontor/kernel';
import { coverOfReplacement, NO_PERIOD, periodFrom, periodOf, startOf } from '../cover/period.ts';
import type { Cover } from '../cover/term.ts';
import { unitCodec } from './unit.codec.ts';
import type { RegisterUnit, StartWarranty, UnitCommand } from './unit.commands.ts';
import type { UnitEvent } from './unit.events.ts';
import { initialUnit, type RegisteredUnit, type UnitState } from './unit.state.ts';

const decider: Decider<UnitState, UnitCommand, UnitEvent> = {
  initial: initialUnit,

  evolve: {
    UnitRegistered: (_state, data) => ({
      status: 'in-use',
      unitId: data.unitId,
      entityId: data.entityId,
      serial: data.serial,
      productId: data.productId,
      sku: data.sku,
      accountId: data.accountId,
      quantity: data.quantity,
      deliveries: data.deliveryId === null ? [] : [`${data.deliveryId}|${data.lineId}`],
      cover: data.cover,
      started: data.warrantyStart !== null,
      takenOff: false,
      facts: [{ kind: 'registered', businessDate: data.businessDate, cover: data.cover }],
      uses: [],
      replacesUnitId: data.replacesUnitId,
      replacedByUnitId: null,
    }),
    UnitRedelivered: (state, data) =>
      known(state, (unit) => {
        const again = {
          ...unit,
          status: 'in-use' as const,
          accountId: data.accountId,
          deliveries: [...unit.deliveries, `${data.deliveryId}|${data.lineId}`],
          facts: [
            ...unit.facts,
            {
              kind: 'redelivered' as const,
              businessDate: data.businessDate,
              newCover: data.newTerm ? { cover: data.cover } : null,
            },
          ],
        };
        if (!data.newTerm) return again;
        // A sale of its own: what was borne for the holder before does not count against this one's caps.
        return { ...again, cover: data.cover, started: data.warrantyStart !== null, takenOff: false, uses: [] };
      }),
    WarrantyStarted: (state, data) =>
      known(state, (unit) => ({
        ...unit,
        started: true,
        facts: [...unit.facts, { kind: 'started', businessDate: data.businessDate, basisDate: data.basisDate }],
      })),
    UnitTransferred: (state, data) => known(state, (unit) => ({ ...unit, accountId: data.accountId })),
    UnitTakenOffWarranty: (state, data) =>
      known(state, (unit) => ({
        ...unit,
        takenOff: true,
        facts: [...unit.facts, { kind: 'taken-off', businessDate: data.businessDate }],
      })),
    UnitReplaced: (state, data) =>
      known(state, (unit) => ({
        ...unit,
        status: 'replaced',
        replacedByUnitId: data.replacementUnitId,
        facts: [...unit.facts, { kind: 'replaced', businessDate: data.businessDate }],
      })),
    CoverUsed: (state, data) =>
      known(state, (unit) => ({
        ...unit,
        uses: [
          ...unit.uses,
          {
            claimId: data.claimId,
            workOrderId: data.workOrderId,
            currency: data.currency,
            partsMinor: data.partsMinor,
            labourMinor: data.labourMinor,
          },
        ],
      })),
  },

  decide: {
    RegisterUnit: (command, state) => {
      if (command.deliveredOn > command.today)
        return refuse('DeliveredInFuture', 'A unit cannot be registered before it was delivered.', {
          deliveredOn: command.deliveredOn,
          today: command.today,
        });
      return state.status === 'unknown' ? register(command) : registerAgain(command, state);
    },
    StartWarranty: (command, state) => onUnit(state, (unit) => start(command, unit)),
    NoteInvoice: (command, state) =>
      onUnit(state, (unit) => {
        const concerned =
          unit.cover?.term.basis === 'invoice' &&
          !unit.started &&
          unit.deliveries.at(-1)?.startsWith(`${command.deliveryId}|`) === true;
        return concerned ? accept(warrantyStarted(unit, unit.cover, 'invoice', command.invoiceDate)) : accept();
      }),
    TransferUnit: (command, state) =>
      onUnit(state, (unit) => {
        if (command.accountId === unit.accountId) return accept();
        return accept({
          type: 'UnitTransferred',
          data: {
            unitId: unit.unitId,
            accountId: command.accountId,
            previousAccountId: unit.accountId,
            reason: command.reason,
            businessDate: command.businessDate,
          },
        });
      }),
    TakeUnitOffWarranty: (command, state) =>
      onUnit(state, (unit) => {
        if (unit.cover === null)
          return refuse('UnitWithoutWarranty', 'The unit has no warranty that could be taken from it.', {
            unitId: unit.unitId,
          });
        if (unit.takenOff) return accept();
        return accept({
          type: 'UnitTakenOffWarranty',
          data: { unitId: unit.unitId, reason: command.reason, businessDate: command.businessDate },
        });
      }),
    MarkUnitReplaced: (command, state) =>
      onUnit(state, (unit) => {
        if (unit.replacedByUnitId === command.replacementUnitId) return accept();
        return accept({
          type: 'UnitReplaced',
          data: {
            unitId: unit.unitId,
            replacementUnitId: command.replacementUnitId,
            businessDate: command.businessDate,
          },
        });
      }),
    RecordCoverUse: (command, state) =>
      onUnit(state, (unit) => {
        if (unit.uses.some((use) => use.workOrderId === command.workOrderId)) return accept();
        const { type: _type, ...use } = command;
        return accept({ type: 'CoverUsed', data: { unitId: unit.unitId, ...use } });
      }),
  },
};

export const unitAggregate = defineAggregate({ category: 'unit', decider, codec: unitCodec });

function register(command: RegisterUnit): Decision<UnitEvent> {
  if (command.quantity.value <= 0)
    return refuse('QuantityNotPositive', 'The quantity of a unit is above zero.', { quantity: command.quantity.value });
  const replacedBy = command.replaces?.replacedByUnitId ?? null;
  if (replacedBy !== null && replacedBy !== command.unitId)
    return refuse('UnitAlreadyReplaced', 'The unit was replaced already; replace the one that took its place.', {
      replacedByUnitId: replacedBy,
    });
  const cover = coverOf(command);
  const period = periodOf(cover, null);
  return accept({
    type: 'UnitRegistered',
    data: {
      unitId: command.unitId,
      entityId: command.entityId,
      serial: command.serial,
      productId: command.productId,
      sku: command.sku,
      accountId: command.accountId,
      orderId: command.deliveredWith?.orderId ?? null,
      deliveryId: command.deliveredWith?.deliveryId ?? null,
      lineId: command.deliveredWith?.lineId ?? null,
      quantity: command.quantity,
      cover,
      warrantyStart: period.start,
      warrantyEnd: period.end,
      partsEnd: period.partsEnd,
      labourEnd: period.labourEnd,
      replacesUnitId: command.replaces?.unitId ?? null,
      businessDate: command.deliveredOn,
    },
  });
}

/**
 * The same serial comes with another delivery. Back to its holder, it keeps its cover to the day, or a loop of repairs
 * would extend it for ever; sold to another account, it gets the term of that sale. The same delivery line is a repeat.
 */
function registerAgain(command: RegisterUnit, unit: RegisteredUnit): Decision<UnitEvent> {
  const by = command.deliveredWith;
  if (by === null)
    return refuse('UnitAlreadyRegistered', 'A unit of this product with this serial number is registered already.', {
      unitId: unit.unitId,
      serial: unit.serial,
      accountId: unit.accountId,
    });
  if (unit.deliveries.includes(`${by.deliveryId}|${by.lineId}`)) return accept();
  const newTerm = command.accountId !== unit.accountId;
  const cover = newTerm ? coverOf(command) : unit.cover;
  const period = newTerm ? periodOf(cover, null) : currentPeriod(unit);
  return accept({
    type: 'UnitRedelivered',
    data: {
      unitId: unit.unitId,
      accountId: command.accountId,
      previousAccountId: unit.accountId,
      ...by,
      newTerm,
      cover,
      warrantyStart: period.start,
      warrantyEnd: period.end,
      partsEnd: period.partsEnd,
      labourEnd: period.labourEnd,
      businessDate: command.deliveredOn,
    },
  });
}

function start(command: StartWarranty, unit: RegisteredUnit): Decision<UnitEvent> {
  if (unit.cover === null)
    return refuse('UnitWithoutWarranty', 'The unit has no warranty that could start.', { unitId: unit.unitId });
  if (unit.cover.term.basis !== command.basis)
    return refuse('WarrantyStartsOtherwise', 'The term of this unit starts with something else.', {
      basis: unit.cover.term.basis,
      given: command.basis,
    });
  if (unit.started)
    return refuse('WarrantyAlreadyStarted', 'The term of this unit has started; its first day is not moved.', {
      unitId: unit.unitId,
    });
  if (command.basisDate > command.today)
    return refuse('StartInFuture', 'What starts the term must have happened.', {
      basisDate: command.basisDate,
      today: command.today,
    });
  return accept(warrantyStarted(unit, unit.cover, command.basis, command.basisDate));
}

function warrantyStarted(
  unit: RegisteredUnit,
  cover: Cover,
  basis: StartWarranty['basis'],
  basisDate: string,
): UnitEvent {
  const start = startOf(cover, basisDate) ?? basisDate;
  const period = periodFrom(cover, start);
  return {
    type: 'WarrantyStarted',
    data: {
      unitId: unit.unitId,
      basis,
      basisDate,
      warrantyStart: start,
      warrantyEnd: period.end ?? start,
      partsEnd: period.partsEnd,
      labourEnd: period.labourEnd,
      termVersion: cover.term.version,
      businessDate: basisDate,
    },
  };
}

function coverOf(command: RegisterUnit): Cover | null {
  if (command.replaces !== null)
    return coverOfReplacement(command.term, command.replaces.policy, command.replaces.remaining, command.deliveredOn);
  if (command.term === null) return null;
  return { term: command.term, deliveredOn: command.deliveredOn, remaining: { parts: null, labour: null } };
}

function currentPeriod(unit: RegisteredUnit) {
  const started = unit.facts.findLast((fact) => fact.kind === 'started');
  return unit.started ? periodOf(unit.cover, started?.basisDate ?? null) : NO_PERIOD;
}

function known(state: UnitState, step: (unit: RegisteredUnit) => RegisteredUnit): UnitState {
  return state.status === 'unknown' ? state : step(state);
}

function onUnit(state: UnitState, rule: (unit: RegisteredUnit) => Decision<UnitEvent>): Decision<UnitEvent> {
  return state.status === 'unknown' ? refuse('UnitUnknown', 'There is no such unit.') : rule(state);
}
