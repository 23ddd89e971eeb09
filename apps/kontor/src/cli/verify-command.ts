import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { print, printJson, table } from './output.ts';

interface LogLine {
  readonly service: string;
  readonly logId: string;
  readonly verified: string;
  readonly unsealed: string;
  readonly roots: number;
  readonly lastRoot: { readonly day: string; readonly position: string; readonly running: string } | null;
  readonly broken: { readonly sentence: string } | null;
}
interface Line {
  readonly progress?: { readonly service: string; readonly position: string; readonly head: string };
  readonly log?: LogLine;
}

/** Tamper evidence. */
export function addVerifyCommand(program: Command, context: CliContext): void {
  program
    .command('verify [service]')
    .description(
      'compare the logs with their seals and signed roots; ends with code 1 and names the first broken event',
    )
    .action(async (service: string | undefined) => {
      const query = service === undefined ? '' : `?${new URLSearchParams({ service })}`;
      const logs = await verified(context, `/v1/platform/verification${query}`);
      if (context.json()) printJson(logs);
      else {
        print(
          table(logs, [
            { head: 'log', value: (row) => row.service },
            { head: 'verified', value: (row) => row.verified, align: 'right' },
            { head: 'not sealed yet', value: (row) => row.unsealed, align: 'right' },
            { head: 'roots', value: (row) => row.roots, align: 'right' },
            { head: 'last root', value: (row) => row.lastRoot?.running.slice(0, 16) },
            { head: 'result', value: (row) => (row.broken === null ? 'as sealed' : 'BROKEN') },
          ]),
        );
        for (const log of logs) if (log.broken !== null) print(`${log.service}: ${log.broken.sentence}`);
      }
      if (logs.some((log) => log.broken !== null)) process.exitCode = 1;
    });
}

async function verified(context: CliContext, path: string): Promise<LogLine[]> {
  const bar = new SingleBar({ format: '{log} [{bar}] {percentage}%', stream: process.stderr });
  const logs: LogLine[] = [];
  let shown = false;
  for await (const text of context.api().lines(path)) {
    const { progress, log } = JSON.parse(text) as Line;
    if (log === undefined && progress === undefined) throw new CliFault(`This is no line of a verification: ${text}`);
    if (log !== undefined) logs.push(log);
    if (progress === undefined || context.json()) continue;
    if (!shown) bar.start(Number(progress.head), 0, { log: progress.service });
    shown = true;
    bar.setTotal(Number(progress.head));
    bar.update(Number(progress.position), { log: progress.service });
  }
  if (shown) bar.stop();
  return logs;
}
