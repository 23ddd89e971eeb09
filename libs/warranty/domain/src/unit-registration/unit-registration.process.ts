import type { CloudEvent, ProcessCommand, ProcessManager, Scaled } from '@kontor/kernel';
import { termAsSold } from '../cover/term.ts';
import type { NoteInvoice, RegisterUnit } from '../unit/unit.commands.ts';

/** What the process reads of orders' `delivery-recorded`; the service's test holds it against the contract. */
export interface DeliveryRecorded {
  readonly deliveryId: string;
  readonly orderId: string;
  readonly entityId: string;
  readonly accountId: string;
  readonly businessDate: string;
  readonly lines: readonly {
    readonly lineId: number;
    readonly productId: string;
    readonly sku: string;
    readonly quantity: Scaled;
    readonly serials: readonly string[];
    readonly warrantyMonths: number | null;
    readonly warrantyStart: 'delivery' | 'invoice';
  }[];
}

/** What the process reads of receivables' `invoice-issued`. */
export interface InvoiceIssued {
  readonly deliveryId: string | null;
  readonly invoiceDate: string;
}

export type UnitRegistrationCommand = RegisterUnit | NoteInvoice;

/** One row per delivery: the units it brought and its invoice date, whichever comes first. */
export interface UnitRegistrationState {
  readonly unitIds: readonly string[];
  readonly invoiceDate: string | null;
}

export const DELIVERY_RECORDED = 'kontor.orders.delivery-recorded.v1';
export const INVOICE_ISSUED = 'kontor.receivables.invoice-issued.v1';

/** What makes a unit the same unit: its product and serial number, or the delivery line when it has none. */
export function unitKey(productId: string, serial: string): string {
  return `unit|${productId}|${serial}`;
}

export function lineKey(deliveryId: string, lineId: number): string {
  return `line|${deliveryId}|${lineId}`;
}

/**
 * Every delivered piece becomes a unit of the installed base (W-01). `unitIdOf` turns a business key into a stream id, always
 * the same one; so a delivery that is heard twice finds its units, and a serial number that comes back finds its own
 * (a new unit at each delivery would restart the cover of whatever went through the workshop).
 * The term in the command is the one that was sold; the handler puts the product's own version in its place.
 */
export function unitRegistration(
  unitIdOf: (key: string) => string,
): ProcessManager<UnitRegistrationState, UnitRegistrationCommand> {
  return {
    name: 'UnitRegistration',
    initial: { unitIds: [], invoiceDate: null },
    reactions: {
      [DELIVERY_RECORDED]: {
        correlate: (event) => dataOf<DeliveryRecorded>(event).deliveryId,
        react: (state, event) => {
          const registrations = registrationsOf(dataOf<DeliveryRecorded>(event), unitIdOf);
          const unitIds = [...new Set(registrations.map((command) => command.unitId))];
          return {
            state: { ...state, unitIds },
            commands: [
              ...registrations.map((command, index): ProcessCommand<UnitRegistrationCommand> => ({
                step: `register-${index}`,
                aggregate: 'unit',
                key: command.unitId,
                command,
              })),
              ...(state.invoiceDate === null
                ? []
                : noteInvoice(unitIds, dataOf<DeliveryRecorded>(event).deliveryId, state.invoiceDate)),
            ],
          };
        },
      },
      [INVOICE_ISSUED]: {
        correlate: (event) => dataOf<InvoiceIssued>(event).deliveryId,
        react: (state, event) => {
          const { deliveryId, invoiceDate } = dataOf<InvoiceIssued>(event);
          if (deliveryId === null || state.invoiceDate !== null) return { state, commands: [] };
          return { state: { ...state, invoiceDate }, commands: noteInvoice(state.unitIds, deliveryId, invoiceDate) };
        },
      },
    },
  };
}

function registrationsOf(delivery: DeliveryRecorded, unitIdOf: (key: string) => string): RegisterUnit[] {
  return delivery.lines.flatMap((line): RegisterUnit[] => {
    const shared = {
      type: 'RegisterUnit' as const,
      entityId: delivery.entityId,
      productId: line.productId,
      sku: line.sku,
      accountId: delivery.accountId,
      deliveredWith: { orderId: delivery.orderId, deliveryId: delivery.deliveryId, lineId: line.lineId },
      deliveredOn: delivery.businessDate,
      term: termAsSold(line.warrantyMonths, line.warrantyStart),
      replaces: null,
      today: delivery.businessDate,
    };
    if (line.serials.length === 0)
      return [
        {
          ...shared,
          unitId: unitIdOf(lineKey(delivery.deliveryId, line.lineId)),
          serial: null,
          quantity: line.quantity,
        },
      ];
    return line.serials.map((serial) => ({
      ...shared,
      unitId: unitIdOf(unitKey(line.productId, serial)),
      serial,
      quantity: { value: 1, scale: 0 },
    }));
  });
}

function noteInvoice(
  unitIds: readonly string[],
  deliveryId: string,
  invoiceDate: string,
): ProcessCommand<UnitRegistrationCommand>[] {
  return unitIds.map((unitId, index) => ({
    step: `invoice-${index}`,
    aggregate: 'unit',
    key: unitId,
    command: { type: 'NoteInvoice', deliveryId, invoiceDate },
  }));
}

// A process is total over the contract types it names: each reaction gets the data of its own type.
function dataOf<Data>(event: CloudEvent): Data {
  return event.data as Data;
}
