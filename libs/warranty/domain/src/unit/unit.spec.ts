import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import type { Cover, Term } from '../cover/term.ts';
import type { RecordCoverUse, RegisterUnit, StartWarranty } from './unit.commands.ts';
import { unitAggregate } from './unit.decider.ts';
import type {
  CoverUsed,
  UnitRedelivered,
  UnitRegistered,
  UnitTakenOffWarranty,
  WarrantyStarted,
} from './unit.events.ts';
import { capsUsed } from './unit.state.ts';

const { decider } = unitAggregate;
const TERM: Term = {
  version: 3,
  basis: 'delivery',
  graceCapDays: null,
  partsMonths: 24,
  labourMonths: 12,
  minimumMonths: 12,
  replacementPolicy: 'minimum',
  caps: { claims: 2, parts: { amountMinor: 50_000, currency: 'EUR' }, labour: null },
};
const INVOICED: Term = { ...TERM, basis: 'invoice' };
const NONE = { parts: null, labour: null };
const cover = (term: Term, deliveredOn = '2026-03-02'): Cover => ({ term, deliveredOn, remaining: NONE });
const BOUGHT = { orderId: 'order-1', deliveryId: 'delivery-1', lineId: 1 };

const register = (more: Partial<RegisterUnit> = {}): RegisterUnit => ({
  type: 'RegisterUnit',
  unitId: 'unit-1',
  entityId: 'main',
  serial: 'MX-20417',
  productId: 'product-1',
  sku: 'PUMP-40',
  accountId: 'account-1',
  deliveredWith: BOUGHT,
  quantity: { value: 1, scale: 0 },
  deliveredOn: '2026-03-02',
  term: TERM,
  replaces: null,
  today: '2026-03-02',
  ...more,
});
const NO_DATES = { warrantyStart: null, warrantyEnd: null, partsEnd: null, labourEnd: null };
const DATES = {
  warrantyStart: '2026-03-02',
  warrantyEnd: '2028-03-02',
  partsEnd: '2028-03-02',
  labourEnd: '2027-03-02',
};
const registered = (more: Partial<UnitRegistered['data']> = {}): UnitRegistered => ({
  type: 'UnitRegistered',
  data: {
    unitId: 'unit-1',
    entityId: 'main',
    serial: 'MX-20417',
    productId: 'product-1',
    sku: 'PUMP-40',
    accountId: 'account-1',
    ...BOUGHT,
    quantity: { value: 1, scale: 0 },
    cover: cover(TERM),
    ...DATES,
    replacesUnitId: null,
    businessDate: '2026-03-02',
    ...more,
  },
});
const takenOff: UnitTakenOffWarranty = {
  type: 'UnitTakenOffWarranty',
  data: { unitId: 'unit-1', reason: 'opened by others', businessDate: '2026-11-20' },
};
const waiting = registered({ cover: cover(INVOICED), ...NO_DATES });
const started: WarrantyStarted = {
  type: 'WarrantyStarted',
  data: {
    unitId: 'unit-1',
    basis: 'invoice',
    basisDate: '2026-03-05',
    warrantyStart: '2026-03-05',
    warrantyEnd: '2028-03-05',
    partsEnd: '2028-03-05',
    labourEnd: '2027-03-05',
    termVersion: 3,
    businessDate: '2026-03-05',
  },
};

describe('registering a unit', () => {
  it('W-01: from a delivery, with the term in force pinned', () => {
    given(decider, []).when(register()).then(registered());
  });

  it('W-01: by hand, without a delivery and without warranty', () => {
    given(decider, [])
      .when(register({ deliveredWith: null, term: null, deliveredOn: '2019-05-04' }))
      .then(
        registered({
          orderId: null,
          deliveryId: null,
          lineId: null,
          cover: null,
          ...NO_DATES,
          businessDate: '2019-05-04',
        }),
      );
  });

  it('W-01: the same delivery line again changes nothing', () => {
    given(decider, [registered()]).when(register()).then();
  });

  it('W-01: refuses a second unit by hand, an empty quantity and a delivery in the future', () => {
    given(decider, [registered()])
      .when(register({ deliveredWith: null }))
      .thenRefused('UnitAlreadyRegistered', { unitId: 'unit-1', serial: 'MX-20417', accountId: 'account-1' });
    given(decider, [])
      .when(register({ quantity: { value: 0, scale: 0 } }))
      .thenRefused('QuantityNotPositive', { quantity: 0 });
    given(decider, [])
      .when(register({ deliveredOn: '2026-03-03' }))
      .thenRefused('DeliveredInFuture', { deliveredOn: '2026-03-03', today: '2026-03-02' });
  });

  it('W-02: dates are open while the term waits for its invoice', () => {
    given(decider, [])
      .when(register({ term: INVOICED }))
      .then(waiting);
  });
});

describe('a unit that comes back', () => {
  const again = register({
    deliveredWith: { orderId: 'order-1', deliveryId: 'delivery-9', lineId: 1 },
    deliveredOn: '2028-02-01',
    today: '2028-02-01',
  });
  const redelivered = (more: Partial<UnitRedelivered['data']>): UnitRedelivered => ({
    type: 'UnitRedelivered',
    data: {
      unitId: 'unit-1',
      accountId: 'account-1',
      previousAccountId: 'account-1',
      orderId: 'order-1',
      deliveryId: 'delivery-9',
      lineId: 1,
      newTerm: false,
      cover: cover(TERM),
      ...DATES,
      businessDate: '2028-02-01',
      ...more,
    },
  });

  it('W-03: a return or repair never erases or restarts the cover', () => {
    given(decider, [registered()]).when(again).then(redelivered({}));
    given(decider, [registered(), redelivered({})])
      .when(again)
      .then();
  });

  it('W-03: nor does it start a term that still waits', () => {
    given(decider, [waiting, started])
      .when(again)
      .then(
        redelivered({
          cover: cover(INVOICED),
          warrantyStart: '2026-03-05',
          warrantyEnd: '2028-03-05',
          partsEnd: '2028-03-05',
          labourEnd: '2027-03-05',
        }),
      );
  });

  it('W-03: sold to another account, it has the term of that sale and fresh caps', () => {
    const used: CoverUsed = {
      type: 'CoverUsed',
      data: {
        unitId: 'unit-1',
        claimId: 'claim-1',
        workOrderId: 'work-1',
        currency: 'EUR',
        partsMinor: 40_000,
        labourMinor: 0,
        businessDate: '2026-10-08',
      },
    };
    const sold = redelivered({
      accountId: 'account-2',
      newTerm: true,
      cover: cover(TERM, '2028-02-01'),
      warrantyStart: '2028-02-01',
      warrantyEnd: '2030-02-01',
      partsEnd: '2030-02-01',
      labourEnd: '2029-02-01',
    });
    given(decider, [registered(), used])
      .when({ ...again, accountId: 'account-2' })
      .then(sold);
    const { state } = given(decider, [registered(), used, takenOff, sold]);
    if (state.status === 'unknown') throw new Error('the unit is known');
    expect([state.accountId, state.takenOff, capsUsed(state)]).toEqual([
      'account-2',
      false,
      { claims: 0, partsMinor: 0, labourMinor: 0 },
    ]);
  });
});

describe('the start of a term', () => {
  const start: StartWarranty = {
    type: 'StartWarranty',
    basis: 'invoice',
    basisDate: '2026-03-05',
    today: '2026-03-06',
  };

  it('W-02: starts with its basis, once', () => {
    given(decider, [waiting]).when(start).then(started);
    given(decider, [waiting, started]).when(start).thenRefused('WarrantyAlreadyStarted', { unitId: 'unit-1' });
  });

  it('W-02: refuses another basis, the future, and a unit without warranty', () => {
    given(decider, [waiting])
      .when({ ...start, basis: 'install' })
      .thenRefused('WarrantyStartsOtherwise', { basis: 'invoice', given: 'install' });
    given(decider, [waiting])
      .when({ ...start, basisDate: '2026-03-07' })
      .thenRefused('StartInFuture', { basisDate: '2026-03-07', today: '2026-03-06' });
    given(decider, [registered({ cover: null, ...NO_DATES })])
      .when(start)
      .thenRefused('UnitWithoutWarranty', { unitId: 'unit-1' });
  });

  it('W-02: the invoice of its own delivery starts it, another one and a second one do not', () => {
    const note = { type: 'NoteInvoice', deliveryId: 'delivery-1', invoiceDate: '2026-03-05' } as const;
    given(decider, [waiting]).when(note).then(started);
    given(decider, [waiting, started]).when(note).then();
    given(decider, [waiting])
      .when({ ...note, deliveryId: 'delivery-2' })
      .then();
    given(decider, [registered()]).when(note).then();
  });
});

describe('the life of a unit', () => {
  it('W-01: changes hands with its cover', () => {
    const transfer = {
      type: 'TransferUnit',
      accountId: 'account-2',
      reason: 'sold on',
      businessDate: '2026-09-14',
    } as const;
    given(decider, [registered()])
      .when(transfer)
      .then({
        type: 'UnitTransferred',
        data: {
          unitId: 'unit-1',
          accountId: 'account-2',
          previousAccountId: 'account-1',
          reason: 'sold on',
          businessDate: '2026-09-14',
        },
      });
    given(decider, [registered()])
      .when({ ...transfer, accountId: 'account-1' })
      .then();
  });

  it('W-03: is taken off warranty once, with a reason', () => {
    const command = { type: 'TakeUnitOffWarranty', reason: 'opened by others', businessDate: '2026-11-20' } as const;
    given(decider, [registered()]).when(command).then(takenOff);
    given(decider, [registered(), takenOff]).when(command).then();
    given(decider, [registered({ cover: null, ...NO_DATES })])
      .when(command)
      .thenRefused('UnitWithoutWarranty', { unitId: 'unit-1' });
  });

  it('W-03: is replaced by a unit that takes over what was left', () => {
    given(decider, [])
      .when(
        register({
          unitId: 'unit-2',
          serial: 'MX-30001',
          deliveredWith: null,
          deliveredOn: '2027-12-01',
          today: '2027-12-01',
          replaces: {
            unitId: 'unit-1',
            policy: 'minimum',
            remaining: { parts: '2028-03-02', labour: '2027-03-02' },
            replacedByUnitId: null,
          },
        }),
      )
      .then(
        registered({
          unitId: 'unit-2',
          serial: 'MX-30001',
          orderId: null,
          deliveryId: null,
          lineId: null,
          cover: {
            term: { ...TERM, partsMonths: 12, labourMonths: 12 },
            deliveredOn: '2027-12-01',
            remaining: { parts: '2028-03-02', labour: null },
          },
          warrantyStart: '2027-12-01',
          warrantyEnd: '2028-12-01',
          partsEnd: '2028-12-01',
          labourEnd: '2028-12-01',
          replacesUnitId: 'unit-1',
          businessDate: '2027-12-01',
        }),
      );
    given(decider, [])
      .when(
        register({
          unitId: 'unit-3',
          replaces: { unitId: 'unit-1', policy: 'new', remaining: NONE, replacedByUnitId: 'unit-2' },
        }),
      )
      .thenRefused('UnitAlreadyReplaced', { replacedByUnitId: 'unit-2' });
    const mark = { type: 'MarkUnitReplaced', replacementUnitId: 'unit-2', businessDate: '2027-12-01' } as const;
    const replaced = {
      type: 'UnitReplaced',
      data: { unitId: 'unit-1', replacementUnitId: 'unit-2', businessDate: '2027-12-01' },
    } as const;
    given(decider, [registered()]).when(mark).then(replaced);
    given(decider, [registered(), replaced]).when(mark).then();
  });

  it('W-04: counts a repair against its caps once, and only in the currency of the cap', () => {
    const use = (workOrderId: string, claimId: string, currency: string): RecordCoverUse => ({
      type: 'RecordCoverUse',
      claimId,
      workOrderId,
      currency,
      partsMinor: 1000,
      labourMinor: 500,
      businessDate: '2026-10-08',
    });
    const used = (command: RecordCoverUse): CoverUsed => {
      const { type: _type, ...data } = command;
      return { type: 'CoverUsed', data: { unitId: 'unit-1', ...data } };
    };
    const first = use('work-1', 'claim-1', 'EUR');
    given(decider, [registered()]).when(first).then(used(first));
    given(decider, [registered(), used(first)])
      .when(first)
      .then();
    const { state } = given(decider, [
      registered(),
      used(first),
      used(use('work-2', 'claim-1', 'EUR')),
      used(use('work-3', 'claim-2', 'USD')),
    ]);
    if (state.status === 'unknown') throw new Error('the unit is known');
    expect(capsUsed(state)).toEqual({ claims: 2, partsMinor: 2000, labourMinor: 0 });
  });

  it('W-01: nothing can be done with a unit that is not there', () => {
    given(decider, [])
      .when({ type: 'TransferUnit', accountId: 'account-2', reason: 'sold on', businessDate: '2026-09-14' })
      .thenRefused('UnitUnknown', {});
  });
});
