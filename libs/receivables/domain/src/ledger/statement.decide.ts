import { accept, type Decision, refuse } from '@kontor/kernel';
import type { LedgerCommandOf } from './ledger.commands.ts';
import { factsOf } from './ledger.facts.ts';
import type { LedgerEvent } from './ledger.events.ts';
import type { LedgerState } from './ledger.state.ts';

/** the client's answer to a statement whose period has ended, the same amount or another one. */
export function confirmStatement(
  command: LedgerCommandOf<'ConfirmStatement'>,
  state: LedgerState,
): Decision<LedgerEvent> {
  const { confirmationId, from, to, businessDate } = command;
  if (state.confirmations.some((answer) => answer.confirmationId === confirmationId)) return accept();
  if (to < from)
    return refuse('StatementEndsBeforeItBegins', 'The last day of the statement lies before its first.', { from, to });
  if (businessDate < to)
    return refuse('StatementNotEnded', 'A statement is confirmed when its last day is there, not before.', {
      to,
      businessDate,
    });
  const { closingMinor, confirmedMinor, ledgerRevision, contactId, evidence } = command;
  return accept({
    type: 'StatementConfirmed',
    data: {
      ...factsOf(command),
      confirmationId,
      from,
      to,
      closingMinor,
      confirmedMinor,
      ledgerRevision,
      contactId,
      evidence,
    },
  });
}
