import type { CloudEvent } from '@kontor/kernel';
import type { Column, Projection, RowChange } from '@kontor/projections';
import {
  unitRedeliveredV1,
  unitRegisteredV1,
  unitReplacedV1,
  unitTakenOffWarrantyV1,
  unitTransferredV1,
  warrantyStartedV1,
  type UnitRedeliveredV1,
  type UnitRegisteredV1,
  type UnitReplacedV1,
  type UnitTakenOffWarrantyV1,
  type UnitTransferredV1,
  type WarrantyStartedV1,
} from '@kontor/warranty-contracts';
import { factColumns, factOf } from '../facts.ts';

const date = (comment: string): Column => ({ type: 'date', nullable: true, comment });

interface CoverDates {
  readonly warrantyStart: string | null;
  readonly warrantyEnd: string | null;
  readonly partsEnd: string | null;
  readonly labourEnd: string | null;
}

function cover(event: CloudEvent<CoverDates & { readonly unitId: string }>, termVersion: number | null): RowChange {
  const { data } = event;
  return {
    table: 'unit_covers',
    put: {
      unit_id: data.unitId,
      ...factOf(event),
      term_version: termVersion,
      warranty_start: data.warrantyStart,
      warranty_end: data.warrantyEnd,
      parts_end: data.partsEnd,
      labour_end: data.labourEnd,
    },
  };
}

function holder(event: CloudEvent<{ readonly unitId: string; readonly accountId: string }>): RowChange {
  return {
    table: 'unit_holders',
    put: { unit_id: event.data.unitId, ...factOf(event), account_id: event.data.accountId },
  };
}

function status(event: CloudEvent<{ readonly unitId: string }>, facet: string, value: string | null): RowChange {
  return { table: 'unit_facets', put: { unit_id: event.data.unitId, ...factOf(event), facet, value } };
}

/**
 * The installed base: one row per unit and, beside it, one row per fact that may change (holder, cover, use), so that a
 * list can be asked as of any recorded moment. `install_base` joins what holds now.
 */
export const installBase: Projection = {
  name: 'install-base',
  version: 1,
  viewSchema: 'warranty',
  tables: {
    units: {
      comment: 'Units ever registered: what never changes about them.',
      key: ['unit_id'],
      columns: {
        unit_id: { type: 'uuid', comment: 'Unit.' },
        entity_id: { type: 'text', comment: 'Legal entity that sold it.' },
        serial: { type: 'text', nullable: true, comment: 'Serial number; null: the quantity of a delivery line.' },
        product_id: { type: 'uuid', comment: 'Product.' },
        sku: { type: 'text', comment: 'Article number.' },
        quantity_value: { type: 'bigint', comment: 'Quantity as an integer …' },
        quantity_scale: { type: 'integer', comment: '… with this many decimal places.' },
        order_id: { type: 'uuid', nullable: true, comment: 'Order it first came with.' },
        delivery_id: { type: 'uuid', nullable: true, comment: 'Delivery it first came with; null: by hand.' },
        replaces_unit_id: { type: 'uuid', nullable: true, comment: 'Unit in whose stead it was given.' },
        registered_on: { type: 'date', comment: 'Day of the first delivery.' },
        recorded_at: { type: 'timestamptz', comment: 'When it was recorded.' },
      },
      indexes: ['registered_on, unit_id', 'serial', 'product_id', 'recorded_at'],
    },
    unit_holders: {
      comment: 'Who holds a unit, from each change on.',
      key: ['unit_id', 'revision'],
      columns: {
        unit_id: { type: 'uuid', comment: 'Unit.' },
        ...factColumns,
        account_id: { type: 'uuid', comment: 'Account that holds it from then on.' },
      },
      indexes: ['account_id', 'recorded_at'],
    },
    unit_covers: {
      comment: 'The cover of a unit, from each change on. Open dates: the term waits to start, or there is none.',
      key: ['unit_id', 'revision'],
      columns: {
        unit_id: { type: 'uuid', comment: 'Unit.' },
        ...factColumns,
        term_version: {
          type: 'integer',
          nullable: true,
          comment: 'Term version; 0: as sold; null: no warranty, or as before.',
        },
        warranty_start: date('First day.'),
        warranty_end: date('Last day of any cover.'),
        parts_end: date('Last day on which parts are covered.'),
        labour_end: date('Last day on which labour is covered.'),
      },
      indexes: ['recorded_at'],
    },
    unit_facets: {
      comment: 'Other changes of a unit: taken off warranty, put back by a sale, replaced, in use again.',
      key: ['unit_id', 'revision', 'facet'],
      columns: {
        unit_id: { type: 'uuid', comment: 'Unit.' },
        ...factColumns,
        facet: { type: 'text', comment: 'off-warranty or replaced-by.' },
        value: {
          type: 'text',
          nullable: true,
          comment: 'Date taken off or unit that replaced it; null: no longer so.',
        },
      },
      indexes: ['recorded_at'],
    },
  },
  views: {
    install_base: {
      comment: 'Units with their holder and cover as they are now.',
      columns: {
        unit_id: 'Unit.',
        serial: 'Serial number; null: the quantity of a delivery line.',
        product_id: 'Product.',
        sku: 'Article number.',
        account_id: 'Account that holds it.',
        registered_on: 'Day of the first delivery.',
        term_version: 'Term version; 0: as sold; null: no warranty.',
        warranty_start: 'First day of the warranty; null: none, or not started.',
        warranty_end: 'Last day of the warranty.',
        taken_off_on: 'Day from which it is off warranty; null: it is not.',
        replaced_by_unit_id: 'Unit that took its place; null: in use.',
      },
      select: `select u.unit_id, u.serial, u.product_id, u.sku, h.account_id, u.registered_on, c.term_version, c.warranty_start,
        c.warranty_end, o.value::date as taken_off_on, r.value::uuid as replaced_by_unit_id
        from units u
        left join lateral (select account_id from unit_holders f where f.unit_id = u.unit_id
          order by revision desc limit 1) h on true
        left join lateral (select term_version, warranty_start, warranty_end from unit_covers f where f.unit_id = u.unit_id
          order by revision desc limit 1) c on true
        left join lateral (select value from unit_facets f where f.unit_id = u.unit_id and facet = 'off-warranty'
          order by revision desc limit 1) o on true
        left join lateral (select value from unit_facets f where f.unit_id = u.unit_id and facet = 'replaced-by'
          order by revision desc limit 1) r on true`,
    },
  },
  on: {
    [unitRegisteredV1.type]: (event: CloudEvent<UnitRegisteredV1>) => [
      {
        table: 'units',
        put: {
          unit_id: event.data.unitId,
          entity_id: event.data.entityId,
          serial: event.data.serial,
          product_id: event.data.productId,
          sku: event.data.sku,
          quantity_value: event.data.quantity.value,
          quantity_scale: event.data.quantity.scale,
          order_id: event.data.orderId,
          delivery_id: event.data.deliveryId,
          replaces_unit_id: event.data.replacesUnitId,
          registered_on: event.data.businessDate,
          recorded_at: event.recordedat,
        },
      },
      holder(event),
      cover(event, event.data.termVersion),
    ],
    [unitRedeliveredV1.type]: (event: CloudEvent<UnitRedeliveredV1>) => [
      holder(event),
      cover(event, event.data.termVersion),
      status(event, 'replaced-by', null),
      ...(event.data.newTerm ? [status(event, 'off-warranty', null)] : []),
    ],
    [warrantyStartedV1.type]: (event: CloudEvent<WarrantyStartedV1>) => [cover(event, event.data.termVersion)],
    [unitTransferredV1.type]: (event: CloudEvent<UnitTransferredV1>) => [holder(event)],
    [unitTakenOffWarrantyV1.type]: (event: CloudEvent<UnitTakenOffWarrantyV1>) => [
      status(event, 'off-warranty', event.data.businessDate),
    ],
    [unitReplacedV1.type]: (event: CloudEvent<UnitReplacedV1>) => [
      status(event, 'replaced-by', event.data.replacementUnitId),
    ],
  },
};
