import type { Command } from 'commander';
import { address } from './api-client.ts';
import type { CliContext } from './context.ts';
import { type Column, print, printJson, table } from './output.ts';

interface StatusBody {
  readonly version: string;
  readonly lagUnit: string;
  /** Services of which no process answers. */
  readonly away?: readonly string[];
  readonly services: readonly {
    readonly name: string;
    readonly head: string;
    readonly recordedAt: string | null;
    readonly subscriptions: readonly Subscription[];
  }[];
}
interface Subscription {
  readonly service: string;
  readonly kind: string;
  readonly name: string;
  readonly reads: string;
  readonly state: string;
  readonly error: string | null;
  readonly position: string;
  readonly lagEvents: string | null;
  readonly lagSeconds: number | null;
  readonly parked: number;
}
/** What an administrator has to look at: it does not run, it is behind, or something of it waits. */
function needsALook({ state, error, lagSeconds, parked }: Subscription): boolean {
  const runs = state === 'running' || state === 'standing-by';
  return !runs || error !== null || parked > 0 || (lagSeconds ?? Infinity) > LAG_WORTH_A_LOOK_S;
}

const LAG_WORTH_A_LOOK_S = 10;

interface EventLine {
  readonly eventId: string;
  readonly type?: string;
  readonly contract?: string;
  readonly service?: string;
  readonly stream?: string;
  readonly revision: string;
  readonly position: string;
  readonly recordedAt: string;
  readonly metadata?: { readonly actor: string; readonly reason?: string; readonly correlationId: string };
}

interface HistoryOptions {
  readonly after: string;
  readonly limit?: string;
  readonly follow?: true;
  readonly logId?: string;
  readonly consumer?: string;
}

/** Commands about the platform itself: what runs, who may ask, what was recorded. */
export function addPlatformCommands(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('services, subscriptions with lag, parked streams; what needs a look comes last')
    .option('--problems', 'only what needs a look; ends with code 1 when there is something')
    .action(async ({ problems }: { problems?: true }) => {
      const status = await context.api().get<StatusBody>('/v1/platform/status');
      const subscriptions = status.services.flatMap((service) => service.subscriptions);
      const look = subscriptions.filter(needsALook);
      if (problems === true && look.length > 0) process.exitCode = 1;
      if (context.json()) return printJson(problems === true ? { subscriptions: look } : status);
      if (problems === true) return printProblems(subscriptions.length, look);
      print(`Kontor ${status.version}`);
      if (status.away !== undefined) print(`No process answers for: ${status.away.join(', ')}`);
      print(
        table(status.services, [
          { head: 'service', value: (row) => row.name },
          { head: 'head', value: (row) => row.head, align: 'right' },
          { head: 'last recorded', value: (row) => row.recordedAt },
        ]),
      );
      print(
        table(subscriptions, [
          { head: 'service', value: (row) => row.service },
          { head: 'kind', value: (row) => row.kind },
          { head: 'name', value: (row) => row.name },
          { head: 'reads', value: (row) => row.reads },
          { head: 'state', value: (row) => row.state },
          { head: `lag (${status.lagUnit})`, value: (row) => row.lagEvents ?? '?', align: 'right' },
          { head: 'lag (s)', value: (row) => row.lagSeconds ?? '?', align: 'right' },
          { head: 'parked', value: (row) => row.parked, align: 'right' },
        ]),
      );
      printProblems(subscriptions.length, look);
    });

  program
    .command('token')
    .description('mint a token of the embedded platform')
    .requiredOption(
      '--role <role>',
      'administrator, sales-manager, account-manager, collector, service, analyst or service-account',
    )
    .option('--subject <name>', 'who acts with it')
    .option('--staff <id>', 'the staff member whose clients are "own"')
    .option('--days <number>', 'days until it expires', '30')
    .action(async (options: { role: string; subject?: string; staff?: string; days: string }) => {
      const minted = await context.api().post<{ token: string }>('/v1/platform/tokens', {
        role: options.role,
        lifetimeDays: Number(options.days),
        ...(options.subject === undefined ? {} : { subject: options.subject }),
        ...(options.staff === undefined ? {} : { staffId: options.staff }),
      });
      if (context.json()) printJson(minted);
      else print(minted.token);
    });

  program
    .command('history <service>')
    .description('the published events of a service, as NDJSON')
    .option('--after <position>', 'read after this position', '0')
    .option('--limit <number>', 'at most so many events')
    .option('--follow', 'wait for what comes')
    .option('--log-id <id>', 'the log that --after belongs to: another one is refused')
    .option('--consumer <name>', 'register who reads: kontor consumers shows it')
    .action(async (service: string, options: HistoryOptions) => {
      const query = new URLSearchParams({ after: options.after, follow: String(options.follow === true) });
      if (options.limit !== undefined) query.set('limit', options.limit);
      if (options.logId !== undefined) query.set('logId', options.logId);
      if (options.consumer !== undefined) query.set('consumer', options.consumer);
      for await (const line of context.api().lines(`${address`/v1/history/${service}`}?${query}`)) {
        if (!process.stdout.write(`${line}\n`)) await new Promise((done) => process.stdout.once('drain', done));
      }
    });

  const stream = program.command('stream').description('browse stored events');
  stream
    .command('show <service> <stream>')
    .description('the events of a stream, e.g. stream show receivables ledger-…')
    .option('--from <revision>', 'first revision', '0')
    .option('--limit <number>', 'page size, 1 to 500', '50')
    .action(async (service: string, name: string, options: { from: string; limit: string }) => {
      const page = await context
        .api()
        .get<{ items: EventLine[]; next: number | null }>(
          `${address`/v1/streams/${service}/${name}`}?${new URLSearchParams({ from: options.from, limit: options.limit })}`,
        );
      if (context.json()) return printJson(page);
      print(eventTable(page.items));
      if (page.next !== null) print(`more: --from ${page.next}`);
    });
  stream
    .command('event <eventId>')
    .description('one event with its causes and effects across services')
    .action(async (eventId: string) => {
      const found = await context.api().get<{
        event: EventLine & { stored: { data: unknown; metadata: unknown } | null };
        causes: EventLine[];
        effects: EventLine[];
        sameCommand: EventLine[];
      }>(address`/v1/events/${eventId}`);
      if (context.json()) return printJson(found);
      print(eventTable([found.event]));
      print(JSON.stringify(found.event.stored, null, 2));
      for (const [title, events] of [
        ['caused by', found.causes],
        ['recorded with it', found.sameCommand],
        ['caused', found.effects],
      ] as const)
        print(events.length === 0 ? `${title}: nothing` : `${title}:\n${eventTable(events)}`);
    });
}

const inStream: Column<EventLine> = { head: 'stream', value: (row) => `${row.service} ${row.stream}` };
const byWhom: Column<EventLine> = { head: 'by', value: (row) => row.metadata?.actor };
const why: Column<EventLine> = { head: 'reason', value: (row) => row.metadata?.reason };
/** What `kontor trace` takes, of an event that is not published too. */
const chain: Column<EventLine> = { head: 'chain', value: (row) => row.metadata?.correlationId };

function eventTable(events: readonly EventLine[]): string {
  return table(events, [
    { head: 'event', value: (row) => row.eventId },
    { head: 'type', value: (row) => row.type ?? row.contract },
    ...(events.some(({ stream }) => stream !== undefined) ? [inStream] : [byWhom, why, chain]),
    { head: 'revision', value: (row) => row.revision, align: 'right' },
    { head: 'position', value: (row) => row.position, align: 'right' },
    { head: 'recorded', value: (row) => row.recordedAt },
  ]);
}

function printProblems(count: number, look: readonly Subscription[]): void {
  if (look.length === 0) return print(`All ${count} subscriptions run, and nothing waits.`);
  print(`${look.length} of ${count} subscriptions need a look:`);
  for (const { service, kind, name, reads, state, error, lagEvents, lagSeconds, parked } of look) {
    const facts = [
      state,
      ...(lagSeconds !== null && lagSeconds > LAG_WORTH_A_LOOK_S
        ? [`${lagEvents} behind for ${Math.round(lagSeconds)} s`]
        : []),
      ...(parked > 0 ? [`${parked} parked, see kontor parked list`] : []),
      ...(error === null ? [] : [error]),
    ];
    print(`  ${service} ${kind} ${name}, reads ${reads}: ${facts.join('; ')}`);
  }
}
