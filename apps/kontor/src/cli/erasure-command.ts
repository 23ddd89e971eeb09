import type { Command } from 'commander';
import type { CliContext } from './context.ts';
import { print, printJson } from './output.ts';

/** Erasure of personal data. */
export function addErasureCommand(program: Command, context: CliContext): void {
  program
    .command('erase <subject>')
    .description(
      'destroy the key of a person: what was sealed with it can never be read again, backups without keys included',
    )
    .requiredOption('--reason <text>', 'why; kept for ever, so do not name the person in it')
    .option('--dry-run', 'say whether there is anything to erase, and erase nothing')
    .option('--yes', 'do not ask')
    .action(async (subject: string, options: { reason: string; dryRun?: true; yes?: true }) => {
      if (options.dryRun === true) return wouldErase(context, subject, options.reason);
      await context.confirm(`Erase the personal data of ${subject} for good?`, options.yes);
      const erased = await context
        .api()
        .post<{ consistencyToken: string }>('/v1/platform/erasures', { subject, reason: options.reason });
      if (context.json()) printJson(erased);
      else print(`The personal data of ${subject} are erased (${erased.consistencyToken}).`);
    });
}

async function wouldErase(context: CliContext, subject: string, reason: string): Promise<void> {
  const trial = await context
    .api()
    .post<{ erasedBefore: boolean }>('/v1/platform/erasures', { subject, reason, dryRun: true });
  if (context.json()) return printJson(trial);
  const what = trial.erasedBefore
    ? `the personal data of ${subject} were erased before; nothing would change`
    : `the key of ${subject} would be destroyed, and what it seals could never be read again`;
  print(`a trial, nothing was changed: ${what}`);
}
