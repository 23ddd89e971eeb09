import { refuse, type Refused } from '@kontor/kernel';

/** What receivables put on an account that does not pay. */
export type Restriction = 'block-new-orders' | 'prepayment-only';

/** Receivables' code for "not before it is paid": what a held order waits for. */
export const PREPAYMENT_REQUIRED = 'PrepaymentRequired';

export function refuseRestricted(restriction: Restriction | null, accountId: string): Refused | null {
  if (restriction !== 'block-new-orders') return null;
  return refuse('AccountRestricted', 'The account may not place new orders until its debts are settled.', {
    accountId,
    restriction,
  });
}

/** Whoever must pay in advance has no days to pay. */
export function termsUnder(terms: {
  readonly restriction: Restriction | null;
  readonly paymentTermDays: number;
  readonly paymentTermBase: 'invoice-date' | 'end-of-month';
}): { readonly paymentTermDays: number; readonly paymentTermBase: 'invoice-date' | 'end-of-month' } {
  if (terms.restriction === 'prepayment-only') return { paymentTermDays: 0, paymentTermBase: 'invoice-date' };
  return { paymentTermDays: terms.paymentTermDays, paymentTermBase: terms.paymentTermBase };
}
