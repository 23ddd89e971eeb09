import type { ProcessManager } from '@kontor/kernel';
import { derivedId } from '../derived-id.ts';
import { singleInstalment } from '../invoice/instalments.ts';
import type { InvoiceCommand } from '../invoice/invoice.commands.ts';
import { type Delivery, DELIVERY_RECORDED } from './inputs.ts';

/** every delivery is invoiced, once; the invoice's id follows from the delivery's. What is free of charge is not. */
export const invoiceOnDelivery: ProcessManager<null, InvoiceCommand> = {
  name: 'InvoiceOnDelivery',
  initial: null,
  reactions: {
    [DELIVERY_RECORDED]: {
      correlate: (event) => {
        const { deliveryId, amount } = event.data as Delivery;
        return amount.amountMinor > 0 ? deliveryId : null;
      },
      react: (_state, event) => {
        const delivery = event.data as Delivery;
        const invoiceId = invoiceIdOf(delivery.deliveryId);
        const command: InvoiceCommand = {
          type: 'DraftInvoice',
          invoiceId,
          accountId: delivery.accountId,
          entityId: delivery.entityId,
          currency: delivery.amount.currency,
          orderId: delivery.orderId,
          deliveryId: delivery.deliveryId,
          invoiceDate: delivery.businessDate,
          lines: delivery.lines.map(({ lineId, sku, description, quantity, amountMinor }) => ({
            lineId,
            sku,
            description,
            quantity,
            amountMinor,
          })),
          terms: singleInstalment(delivery.paymentTermDays, delivery.paymentTermBase),
        };
        return {
          state: null,
          commands: [{ step: 'draft-invoice', aggregate: 'invoice', key: invoiceId, command }],
        };
      },
    },
  },
};

export function invoiceIdOf(deliveryId: string): string {
  return derivedId(deliveryId, 'invoice');
}
