import { type Refused, refuse } from '@kontor/kernel';
import type { LedgerCommandFacts } from './ledger.commands.ts';
import type { LedgerFacts } from './ledger.events.ts';

export function factsOf(command: LedgerCommandFacts, businessDate = command.businessDate): LedgerFacts {
  const { accountId, entityId, currency } = command;
  return { accountId, entityId, currency, businessDate };
}

/** Sums of a ledger stay below 2^53: a double would silently round beyond. */
export function sumsExactly(...amounts: readonly number[]): boolean {
  return Number.isSafeInteger(amounts.reduce((sum, amount) => sum + Math.abs(amount), 0));
}

export function tooLarge(amountMinor: number): Refused {
  return refuse('AmountTooLarge', 'With this amount the ledger could no longer be summed exactly.', {
    amountMinor,
    maximumMinor: Number.MAX_SAFE_INTEGER,
  });
}
