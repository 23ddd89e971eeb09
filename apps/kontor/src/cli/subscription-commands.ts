import type { Command } from 'commander';
import { address } from './api-client.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { counted, print, printJson, table } from './output.ts';
import { type Comparison, printComparison } from './rebuild-commands.ts';
import { addTopicReplayCommand } from './topic-commands.ts';
import { printTrace, type Trace } from './trace-output.ts';

interface Parked {
  readonly service: string;
  readonly kind: string;
  readonly name: string;
  readonly lane: string;
  readonly eventId: string | null;
  readonly error: string;
  readonly letters: number;
}
interface Stuck {
  readonly service: string;
  readonly process: string;
  readonly key: string | null;
  readonly reason: string;
  readonly since: string;
  readonly detail: string;
}
interface Outcome {
  readonly lane: string;
  readonly applied: number;
  readonly error: string | null;
}
interface Replayed {
  readonly streams: readonly string[];
  readonly events: number;
  readonly rows: number;
  readonly changedRows: number;
  readonly dryRun: boolean;
}
interface Consumer {
  readonly consumer: string;
  readonly group?: string | null;
  readonly kind: string;
  readonly owner: string;
  readonly reads: string;
  readonly state: string;
  readonly since: string | null;
  readonly handled: string;
  readonly sent: string | null;
  readonly lagEvents: string | null;
}
interface Verification {
  readonly projection: string;
  readonly at: string;
  readonly seconds: number;
  readonly comparison: Comparison;
}
interface ConsumerList {
  /** Services of which no process answers. */
  readonly away?: readonly string[];
  readonly items: readonly Consumer[];
}

/** Replay, verification, dead letters and traces: what an administrator does with subscriptions (X-03, X-04, X-05). */
export function addSubscriptionCommands(program: Command, context: CliContext): void {
  const replay = program
    .command('replay <projection>')
    .description(
      'fold one stream, or the streams of one account, again into the live tables; nobody else’s rows are touched',
    )
    .option('--stream <name>', 'the stream, e.g. ledger-…')
    .option('--account <id>', 'every stream with an event about this account')
    .option('--reason <text>', 'kept with the event of the deed')
    .option('--dry-run', 'say how many rows would change, and change none')
    .action(
      async (
        projection: string,
        options: { stream?: string; account?: string; reason?: string; dryRun?: true },
      ): Promise<void> => {
        const { stream, account: accountId, reason } = options;
        if ((stream === undefined) === (accountId === undefined))
          throw new CliFault('Name either --stream or --account.');
        const replayed = await context.waiting(
          `replaying into ${projection}`,
          context.api().post<Replayed>(address`/v1/platform/projections/${projection}/replay`, {
            ...(stream === undefined ? { accountId } : { stream }),
            ...(reason === undefined ? {} : { reason }),
            dryRun: options.dryRun === true,
          }),
        );
        if (context.json()) return printJson(replayed);
        const { streams, events, rows, changedRows, dryRun } = replayed;
        print(
          `${counted(events, 'event')} of ${counted(streams.length, 'stream')} drive ${counted(rows, 'row')}; ${changedRows} of them were otherwise.`,
        );
        if (dryRun) print('a trial, nothing was changed');
      },
    );
  addTopicReplayCommand(replay, context);

  program
    .command('verify-projection [projection]')
    .description(
      'fold a projection from the beginning in a scratch schema and compare it with the live tables; without one: the last verification of each',
    )
    .action(async (projection: string | undefined) => {
      if (projection === undefined) return lastVerifications(context);
      const verified = await context.waiting(
        `folding ${projection} from the first event`,
        context
          .api()
          .post<{ seconds: number; comparison: Comparison }>(
            address`/v1/platform/projections/${projection}/verify`,
            {},
          ),
      );
      if (context.json()) printJson(verified);
      else printComparison(verified.comparison);
      if (!verified.comparison.equal) process.exitCode = 1;
    });

  const parked = program
    .command('parked')
    .description(
      'streams and instances that wait behind an event that failed, and records of topics that cannot be read',
    );
  parked
    .command('list')
    .description('what waits, since which event, and why')
    .action(async () => {
      const list = await context.api().get<{ items: readonly Parked[] }>('/v1/platform/parked');
      if (context.json()) return printJson(list);
      if (list.items.length === 0) return print('Nothing is parked.');
      print(
        table(list.items, [
          { head: 'service', value: (row) => row.service },
          { head: 'kind', value: (row) => row.kind },
          { head: 'subscription', value: (row) => row.name },
          { head: 'lane', value: (row) => row.lane },
          { head: 'event', value: (row) => row.eventId },
          { head: 'error', value: (row) => row.error },
          { head: 'waiting', value: (row) => row.letters, align: 'right' },
        ]),
      );
    });
  parked
    .command('show <subscription> <lane>')
    .description('the dead letters of a lane with their events, e.g. parked show dunning "receivables ledger-…"')
    .option('--limit <number>', 'at most so many, 1 to 500', '50')
    .action(async (subscription: string, lane: string, { limit }: { limit: string }) => {
      const query = new URLSearchParams({ lane, limit });
      printJson(await context.api().get(`${address`/v1/platform/parked/${subscription}`}?${query}`));
    });
  parked
    .command('retry <subscription> [lane]')
    .description('handle what waits again; without a lane all that this subscription has parked')
    .action(async (subscription: string, lane: string | undefined) => {
      const path = address`/v1/platform/parked/${subscription}/retry`;
      const retried = await context.api().post<{ items: readonly Outcome[] }>(path, lane === undefined ? {} : { lane });
      if (context.json()) printJson(retried);
      else if (retried.items.length === 0) print(`Nothing of ${subscription} is parked.`);
      else for (const outcome of retried.items) print(sentenceOf(outcome));
      if (retried.items.some(({ error }) => error !== null)) process.exitCode = 1;
    });
  parked
    .command('skip <subscription> <eventId>')
    .description('leave out the event that failed, for good and in every rebuild, and handle what waits behind it')
    .requiredOption('--reason <text>', 'why; kept for ever')
    .option('--dry-run', 'say what would be skipped, and skip nothing')
    .option('--yes', 'do not ask')
    .action(async (subscription: string, eventId: string, options: { reason: string; dryRun?: true; yes?: true }) => {
      if (options.dryRun === true) return wouldSkip(context, subscription, eventId);
      await context.confirm(`Leave out ${eventId} of ${subscription} for good?`, options.yes);
      const skipped = await context
        .api()
        .post<Outcome>(address`/v1/platform/parked/${subscription}/skip`, { eventId, reason: options.reason });
      if (context.json()) printJson(skipped);
      else print(sentenceOf(skipped));
    });

  program
    .command('stuck')
    .description(
      'instances of processes that are parked, whose timer is overdue, or that wait for an answer for too long',
    )
    .option('--waiting-seconds <number>', 'list what has waited for an answer for so long', '3600')
    .action(async ({ waitingSeconds }: { waitingSeconds: string }) => {
      const query = new URLSearchParams({ waitingSeconds });
      const list = await context.api().get<{ items: readonly Stuck[] }>(`/v1/platform/stuck?${query}`);
      if (context.json()) return printJson(list);
      if (list.items.length === 0) return print('Nothing is stuck.');
      print(
        table(list.items, [
          { head: 'service', value: (row) => row.service },
          { head: 'process', value: (row) => row.process },
          { head: 'instance', value: (row) => row.key },
          { head: 'reason', value: (row) => row.reason },
          { head: 'since', value: (row) => row.since },
          { head: 'detail', value: (row) => row.detail },
        ]),
      );
    });

  program
    .command('consumers')
    .description('who reads what, since when and how far: own subscriptions, and readers of the history by their names')
    .action(async () => {
      const list = await context.api().get<ConsumerList>('/v1/platform/consumers');
      if (context.json()) return printJson(list);
      if (list.away !== undefined) print(`No process answers for: ${list.away.join(', ')}`);
      print(
        table(list.items, [
          { head: 'consumer', value: (row) => row.consumer },
          { head: 'kind', value: (row) => row.kind },
          { head: 'owner', value: (row) => row.owner },
          { head: 'group', value: (row) => row.group },
          { head: 'reads', value: (row) => row.reads },
          { head: 'state', value: (row) => row.state },
          { head: 'since', value: (row) => row.since },
          { head: 'handled', value: (row) => row.handled, align: 'right' },
          { head: 'sent', value: (row) => row.sent, align: 'right' },
          { head: 'lag', value: (row) => row.lagEvents, align: 'right' },
        ]),
      );
    });

  program
    .command('trace <id>')
    .description('the cause-and-effect graph of an event, a command or a chain (correlation id), across services')
    .action(async (id: string) => {
      const trace = await context.api().get<Trace>(address`/v1/platform/trace/${id}`);
      if (context.json()) printJson(trace);
      else printTrace(trace);
    });
}

async function lastVerifications(context: CliContext): Promise<void> {
  const list = await context.api().get<{ items: readonly Verification[] }>('/v1/platform/verifications');
  if (list.items.some(({ comparison }) => !comparison.equal)) process.exitCode = 1;
  if (context.json()) return printJson(list);
  if (list.items.length === 0) return print('Nothing was verified yet.');
  print(
    table(list.items, [
      { head: 'projection', value: (row) => row.projection },
      { head: 'verified', value: (row) => row.at },
      { head: 'seconds', value: (row) => row.seconds, align: 'right' },
      { head: 'result', value: (row) => (row.comparison.equal ? 'equal' : 'DIFFERENT') },
      {
        head: 'rows that differ',
        value: (row) => row.comparison.tables.reduce((sum, { differentRows }) => sum + differentRows, 0),
        align: 'right',
      },
    ]),
  );
}

async function wouldSkip(context: CliContext, subscription: string, eventId: string): Promise<void> {
  const { items } = await context.api().get<{ items: readonly Parked[] }>('/v1/platform/parked');
  const found = items.find((row) => row.name === subscription && row.eventId === eventId);
  if (found === undefined) throw new CliFault(`${subscription} has parked nothing because of ${eventId}.`);
  if (context.json()) printJson({ dryRun: true, skips: found });
  else print(`a trial, nothing was changed: ${found.lane} would go on without it, ${found.letters - 1} events wait`);
}

function sentenceOf({ lane, applied, error }: Outcome): string {
  const handled = `${lane}: ${applied} ${applied === 1 ? 'event' : 'events'} handled`;
  return error === null ? `${handled}, it goes on.` : `${handled}, then ${error}`;
}
