import type { LedgerState } from '@kontor/receivables-domain';
import type { LedgerStatement } from './ledger-statement.ts';

type Identity = NonNullable<LedgerState['identity']>;

/** A statement as it is shown, with what the client has answered to the same period so far. */
export function statementView(ledgerId: string, identity: Identity, { statement, answers }: LedgerStatement) {
  const { from, to, openingMinor, lines, debitMinor, creditMinor, closingMinor } = statement;
  const money = (amountMinor: number) => ({ amountMinor, currency: identity.currency });
  return {
    ledgerId,
    ...identity,
    from,
    to,
    opening: money(openingMinor),
    lines: lines.map(({ amountMinor, balanceMinor, ...line }) => ({
      ...line,
      amount: money(amountMinor),
      balance: money(balanceMinor),
    })),
    debit: money(debitMinor),
    credit: money(creditMinor),
    closing: money(closingMinor),
    confirmations: answers.map((answer) => ({
      confirmationId: answer.confirmationId,
      date: answer.businessDate,
      closing: money(answer.closingMinor),
      confirmed: money(answer.confirmedMinor),
      difference: money(answer.closingMinor - answer.confirmedMinor),
      contactId: answer.contactId,
      evidence: answer.evidence,
      revision: answer.ledgerRevision.toString(),
    })),
  };
}
