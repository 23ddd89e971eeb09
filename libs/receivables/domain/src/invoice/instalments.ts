import { addDays, allocateByWeights, type BusinessDate, endOfMonth, laterDate } from '@kontor/kernel';

/** `portions` are weights, one per instalment: [1] is one instalment, [30, 70] two. */
export interface PaymentTerms {
  readonly base: 'invoice-date' | 'end-of-month';
  readonly parts: readonly PaymentPart[];
}

/** Due some days after the base, or on a date that was agreed. */
export type PaymentPart = { readonly portion: number } & (
  { readonly days: number } | { readonly dueDate: BusinessDate }
);

export interface PlannedInstalment {
  readonly ordinal: number;
  readonly dueDate: BusinessDate;
  readonly amountMinor: number;
}

/**
 * Splits an invoice into what is due when: n days, end of month + n days, or a fixed date; portions by largest remainder, so that
 * the instalments sum to the invoice. Nothing is due before the invoice date. Portions without an amount give no instalment.
 */
export function planInstalments(
  totalMinor: number,
  invoiceDate: BusinessDate,
  terms: PaymentTerms,
): readonly PlannedInstalment[] {
  const base = terms.base === 'end-of-month' ? endOfMonth(invoiceDate) : invoiceDate;
  const amounts = allocateByWeights(
    totalMinor,
    terms.parts.map((part) => part.portion),
  );
  return terms.parts
    .map((part, index) => ({
      dueDate: laterDate(invoiceDate, 'dueDate' in part ? part.dueDate : addDays(base, part.days)),
      amountMinor: amounts[index] ?? 0,
    }))
    .filter((part) => part.amountMinor > 0)
    .sort((left, right) => (left.dueDate < right.dueDate ? -1 : left.dueDate > right.dueDate ? 1 : 0))
    .map((part, index) => ({ ordinal: index + 1, ...part }));
}

export function singleInstalment(days: number, base: PaymentTerms['base']): PaymentTerms {
  return { base, parts: [{ days, portion: 1 }] };
}
