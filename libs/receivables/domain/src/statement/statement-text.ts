import { type BusinessDate, moneyText } from '@kontor/kernel';
import type { MovementKind, Statement } from './statement.ts';

export interface StatementTextFacts {
  readonly firmName: string;
  readonly accountNumber: string;
  readonly accountName: string | null;
  readonly currency: string;
  /** The day it was made. */
  readonly date: BusinessDate;
  readonly statement: Statement;
}

const WORDS: { readonly [Kind in MovementKind]: string } = {
  invoice: 'Invoice',
  payment: 'Payment',
  'payment-returned': 'Payment returned',
  'credit-note': 'Credit note',
  fee: 'Dunning fee',
  interest: 'Interest',
  'interest-reduced': 'Interest reduced',
  'charge-waived': 'Charge waived',
};

const WHAT_WIDTH = 38;

/** The reconciliation act as text, with the place where the client says what they have. */
export function statementText(facts: StatementTextFacts): string {
  const { statement } = facts;
  const amount = (amountMinor: number) => moneyText({ amountMinor, currency: facts.currency });
  const row = (date: string, what: string, moved: string, balance: string) =>
    `${date.padEnd(12)}${cut(what).padEnd(WHAT_WIDTH + 1)}${moved.padStart(18)}${balance.padStart(18)}`.trimEnd();
  return [
    facts.firmName,
    '',
    ...(facts.accountName === null ? [] : [facts.accountName]),
    `Account ${facts.accountNumber}`,
    '',
    facts.date,
    `Statement of account from ${statement.from} to ${statement.to}, ${facts.currency}`,
    '',
    row('Date', 'Document', 'Amount', 'Balance'),
    row(statement.from, 'Opening balance', '', amount(statement.openingMinor)),
    ...statement.lines.map((line) =>
      row(
        line.date,
        line.reference === null ? WORDS[line.kind] : `${WORDS[line.kind]} ${line.reference}`,
        amount(line.amountMinor),
        amount(line.balanceMinor),
      ),
    ),
    row(statement.to, 'Closing balance', '', amount(statement.closingMinor)),
    '',
    'A positive balance is owed to us. Please confirm the closing balance, or tell us the one in your books.',
    '',
    'Balance in our books: ______________________   Date, name, signature: ______________________',
    '',
  ].join('\n');
}

/** In one line and its column; the whole text is in the data. */
function cut(text: string): string {
  const [line = ''] = text.split(/[\r\n]/u);
  const characters = [...line];
  return characters.length <= WHAT_WIDTH ? line : `${characters.slice(0, WHAT_WIDTH - 1).join('')}…`;
}
