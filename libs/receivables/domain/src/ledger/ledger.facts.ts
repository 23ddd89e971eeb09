import { accept, type Decision, type Refused, refuse } from '@kontor/kernel';
import type { FromProcess, LedgerCommandFacts } from './ledger.commands.ts';
import type { LedgerEvent, LedgerEventData, LedgerFacts } from './ledger.events.ts';
import type { LedgerState } from './ledger.state.ts';

export function factsOf(command: LedgerCommandFacts, businessDate = command.businessDate): LedgerFacts {
  const { accountId, entityId, currency } = command;
  return { accountId, entityId, currency, businessDate };
}

/** Sums of a ledger stay below 2^53: a double would silently round beyond. */
export function sumsExactly(...amounts: readonly number[]): boolean {
  return Number.isSafeInteger(amounts.reduce((sum, amount) => sum + Math.abs(amount), 0));
}

/** What cannot be entered: for a process it is an event, once; for a person or an import an answer, and may be tried again. */
export function refusedEntry(
  command: LedgerCommandFacts & FromProcess,
  entry: Pick<LedgerEventData<'EntryRefused'>, 'entry' | 'documentId' | 'amountMinor'>,
  refused: Refused,
): Decision<LedgerEvent> {
  if (command.recordsRefusal !== true) return refused;
  const { code, sentence } = refused.refusal;
  return accept({ type: 'EntryRefused', data: { ...factsOf(command), ...entry, code, sentence } });
}

/** A process has had its answer; whoever else asks is decided again. */
export function wasRefused(command: FromProcess, state: LedgerState, documentId: string): boolean {
  return command.recordsRefusal === true && state.refusedEntries.has(documentId);
}

export function tooLarge(amountMinor: number): Refused {
  return refuse('AmountTooLarge', 'With this amount the ledger could no longer be summed exactly.', {
    amountMinor,
    maximumMinor: Number.MAX_SAFE_INTEGER,
  });
}
