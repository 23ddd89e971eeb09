import { amount, type MoneyBody, table } from './output.ts';

export interface CasesAnswer {
  readonly asOf: string;
  readonly items: readonly {
    readonly caseId: string;
    readonly state: string;
    readonly accountNumber: string | null;
    readonly accountName: string | null;
    readonly currency: string;
    readonly openedOn: string;
    readonly closedOn: string | null;
    readonly level: number;
    readonly notices: number;
    readonly lastNoticeOn: string | null;
    readonly overdueItems: number;
    readonly overdue: MoneyBody;
    readonly charges: MoneyBody;
  }[];
  readonly next: string | null;
}

export function casesTable(answer: CasesAnswer): string {
  return table(answer.items, [
    { head: 'account', value: (row) => row.accountNumber },
    { head: 'name', value: (row) => row.accountName },
    { head: 'level', value: (row) => row.level, align: 'right' },
    { head: 'opened', value: (row) => row.openedOn },
    ...(answer.items.some((row) => row.closedOn !== null)
      ? [{ head: 'closed', value: (row: CasesAnswer['items'][number]) => row.closedOn }]
      : []),
    { head: 'notices', value: (row) => row.notices, align: 'right' },
    { head: 'last notice', value: (row) => row.lastNoticeOn },
    { head: 'overdue items', value: (row) => row.overdueItems, align: 'right' },
    { head: 'overdue', value: (row) => amount(row.overdue), align: 'right' },
    { head: 'charges', value: (row) => amount(row.charges), align: 'right' },
  ]);
}
