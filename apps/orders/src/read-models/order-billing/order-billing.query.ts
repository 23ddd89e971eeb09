import type pg from 'pg';

export type Billing = 'not-billed' | 'partly-billed' | 'billed';
export type Payment = 'nothing-due' | 'open' | 'partly-settled' | 'settled';

export interface LineBilling {
  readonly lineId: number;
  readonly billedMinor: number;
  /** Of the invoices that bill the line, with whatever else they bill: money is owed for an invoice, not for a line. */
  readonly dueMinor: number;
  readonly settledMinor: number;
}

export async function billingOf(pool: pg.Pool, orderId: string): Promise<ReadonlyMap<number, LineBilling>> {
  const { rows } = await pool.query<Record<'line_id' | 'billed' | 'due' | 'settled', string>>(
    `with invoices as (
       select i.invoice_id, sum(i.amount_minor) as due, coalesce(sum(s.settled_minor), 0) as settled
       from orders.invoiced_instalments i left join orders.settled_instalments s using (instalment_id)
       where i.order_id = $1 group by i.invoice_id)
     select l.line_id, sum(l.amount_minor) as billed, coalesce(sum(v.due), 0) as due,
            coalesce(sum(v.settled), 0) as settled
     from orders.invoiced_lines l left join invoices v using (invoice_id)
     where l.order_id = $1 group by l.line_id`,
    [orderId],
  );
  return new Map(
    rows.map((row) => {
      const lineId = Number(row.line_id);
      const [billedMinor, dueMinor, settledMinor] = [Number(row.billed), Number(row.due), Number(row.settled)];
      return [lineId, { lineId, billedMinor, dueMinor, settledMinor }];
    }),
  );
}

export function billingFacet(line: LineBilling | undefined, ofLineMinor: number): Billing {
  if (line === undefined) return 'not-billed';
  return line.billedMinor < ofLineMinor ? 'partly-billed' : 'billed';
}

export function paymentFacet(line: LineBilling | undefined): Payment {
  if (line === undefined) return 'nothing-due';
  if (line.settledMinor >= line.dueMinor) return 'settled';
  return line.settledMinor > 0 ? 'partly-settled' : 'open';
}
