import type { Command } from 'commander';
import type { CliContext } from './context.ts';
import { amount, type MoneyBody, print, printJson, table } from './output.ts';

interface NoticeBody {
  readonly id: string;
  readonly accountId: string;
  readonly currency: string;
  readonly date: string;
  readonly level: number;
  readonly net: MoneyBody;
  readonly fee: MoneyBody;
  readonly interest: MoneyBody;
  readonly policyVersion: number;
  readonly ledgerRevision: number;
  readonly contentHash: string;
  readonly releasedOn: string | null;
  readonly items: readonly {
    readonly invoiceNumber: string;
    readonly dueDate: string;
    readonly net: MoneyBody;
    readonly levelBefore: number;
    readonly levelAfter: number;
  }[];
}

interface Figures {
  readonly date: string;
  readonly level: number;
  readonly netMinor: number;
  readonly feeMinor: number;
  readonly interestMinor: number;
  readonly items: readonly unknown[];
}

interface DecidedAgain {
  readonly noticeId: string;
  readonly ledgerId: string;
  readonly ledgerRevision: number;
  readonly policyVersion: number;
  readonly same: boolean;
  readonly recorded: Figures;
  readonly decided: Figures | null;
}

interface NoticesAnswer {
  readonly items: readonly {
    readonly noticeId: string;
    readonly date: string;
    readonly accountNumber: string | null;
    readonly level: number;
    readonly net: MoneyBody;
    readonly fee: MoneyBody;
  }[];
  readonly next: string | null;
}

export function addNoticeCommands(dunning: Command, context: CliContext): void {
  dunning
    .command('notices')
    .description('dunning notices, newest first')
    .option('--case <id>', 'of this case only')
    .option('--limit <number>', 'page size, 1 to 500', '50')
    .option('--cursor <text>', 'the page after this one')
    .action(async (options: { case?: string; limit: string; cursor?: string }) => {
      const query = new URLSearchParams({ limit: options.limit });
      if (options.case !== undefined) query.set('caseId', options.case);
      if (options.cursor !== undefined) query.set('cursor', options.cursor);
      const answer = await context.api().get<NoticesAnswer>(`/v1/insights/dunning/notices?${query}`);
      if (context.json()) return printJson(answer);
      print(
        table(answer.items, [
          { head: 'notice', value: (row) => row.noticeId },
          { head: 'date', value: (row) => row.date },
          { head: 'account', value: (row) => row.accountNumber },
          { head: 'level', value: (row) => row.level, align: 'right' },
          { head: 'due', value: (row) => amount(row.net), align: 'right' },
          { head: 'fee', value: (row) => amount(row.fee), align: 'right' },
        ]),
      );
      if (answer.next !== null) print(`more: --cursor ${answer.next}`);
    });

  dunning
    .command('notice <id>')
    .description('one notice: its items and what it rests on')
    .option('--decide-again', 'fold the ledger to the revision it was decided on, decide again and compare')
    .option('--text', 'the very text that was kept')
    .action(async (id: string, options: { decideAgain?: true; text?: true }) => {
      const path = `/v1/dunning/notices/${encodeURIComponent(id)}`;
      if (options.text === true) {
        const text = await context.api().get<string>(`${path}/content`);
        return context.json() ? printJson({ noticeId: id, text }) : print(text);
      }
      if (options.decideAgain === true) return decideAgain(context, path);
      const notice = await context.api().get<NoticeBody>(path);
      if (context.json()) return printJson(notice);
      const { date, level, net, fee, interest, policyVersion, ledgerRevision, contentHash, releasedOn } = notice;
      print(
        `Notice of ${date} at level ${level}: ${amount(net)} due, fee ${amount(fee)}, interest ${amount(interest)}.`,
      );
      print(
        table(notice.items, [
          { head: 'invoice', value: (row) => row.invoiceNumber },
          { head: 'due date', value: (row) => row.dueDate },
          { head: 'due', value: (row) => amount(row.net), align: 'right' },
          { head: 'level', value: (row) => `${row.levelBefore} → ${row.levelAfter}`, align: 'right' },
        ]),
      );
      print(`Decided by policy version ${policyVersion} on revision ${ledgerRevision} of the ledger.`);
      print(`Text: SHA-256 ${contentHash}, ${releasedOn === null ? 'kept, not sent' : `sent on ${releasedOn}`}.`);
    });
}

async function decideAgain(context: CliContext, path: string): Promise<void> {
  const again = await context.api().get<DecidedAgain>(`${path}/decide-again`);
  // A script must notice it: a decision that comes out otherwise is what this question is asked for.
  if (!again.same) process.exitCode = 1;
  if (context.json()) return printJson(again);
  const what = `decided on revision ${again.ledgerRevision} by policy version ${again.policyVersion}`;
  print(again.same ? `The same notice, ${what}.` : `ANOTHER notice, ${what}:`);
  if (!again.same) print(JSON.stringify({ recorded: again.recorded, decided: again.decided }, null, 2));
}
