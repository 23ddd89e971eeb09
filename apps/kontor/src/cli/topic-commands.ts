import { setTimeout as delay } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { address } from './api-client.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { print, printJson, table } from './output.ts';

interface TopicReplay {
  readonly id: string;
  readonly service: string;
  readonly topic: string;
  readonly group: string | null;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly from: string;
  readonly to: string;
  readonly position: string;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly secondsLeft: number | null;
  readonly error: string | null;
  readonly startedBy: string;
  readonly startedAt: string;
}
interface Trial {
  readonly topic: string;
  readonly topicExists: boolean;
  readonly from: string;
  readonly to: string;
  readonly positions: string;
}
interface Options {
  readonly to?: string;
  readonly from?: string;
  readonly toPosition?: string;
  readonly group?: string;
  readonly intoExisting?: true;
  readonly reason?: string;
  readonly dryRun?: true;
  readonly detach?: true;
  readonly list?: true;
  readonly cancel?: string;
}

const POLL_MS = 500;

/** Replay of a service's history to a topic for one consumer group's sake. */
export function addTopicReplayCommand(replay: Command, context: CliContext): void {
  replay
    .command('topic <service>')
    .description('bring the history of a service to a topic of its own, for one consumer group’s sake; needs Kafka')
    .option('--to <topic>', 'where to: it is made; never the live topic of a service')
    .option('--from <position>', 'first position; the beginning of the log when absent')
    .option('--to-position <position>', 'last position; the present head when absent')
    .option('--group <name>', 'for whose sake; stands in every record as ce_replaygroup, beside ce_replayid')
    .option('--into-existing', 'write behind what the topic holds already')
    .option('--reason <text>', 'kept with the event of the deed')
    .option('--dry-run', 'say what would be brought where, and bring nothing')
    .option('--detach', 'do not wait for the end')
    .option('--list', 'replays that there are or were')
    .option('--cancel <id>', 'end one where it is; what was brought stays in its topic')
    .action(async (service: string, _own: Options, command: Command) => {
      // What both commands know, as --dry-run, is heard by the one above.
      const options = command.optsWithGlobals<Options>();
      const path = address`/v1/platform/topics/${service}/replays`;
      if (options.list === true) return list(context, path);
      if (options.cancel !== undefined)
        return show(context, await context.api().post<TopicReplay>(`${path}/${options.cancel}/cancel`, {}));
      if (options.to === undefined) throw new CliFault('Name the topic with --to, or say --list or --cancel.');
      const request = {
        topic: options.to,
        ...(options.from === undefined ? {} : { from: options.from }),
        ...(options.toPosition === undefined ? {} : { to: options.toPosition }),
        ...(options.group === undefined ? {} : { group: options.group }),
        ...(options.reason === undefined ? {} : { reason: options.reason }),
        intoExisting: options.intoExisting === true,
      };
      if (options.dryRun === true)
        return tried(context, await context.api().post<Trial>(path, { ...request, dryRun: true }));
      const begun = await context.api().post<TopicReplay>(path, request);
      show(context, options.detach === true ? begun : await ended(context, `${path}/${begun.id}`));
    });
}

async function ended(context: CliContext, path: string): Promise<TopicReplay> {
  const format = 'replay [{bar}] {value}/{total} positions, {rate}/s, {left} left';
  const bar = context.json() ? undefined : new SingleBar({ format, stream: process.stderr });
  bar?.start(0, 0, { rate: '?', left: '?' });
  try {
    for (;;) {
      const replay = await context.api().get<TopicReplay>(path);
      bar?.setTotal(Number(replay.to) - Number(replay.from) + 1);
      bar?.update(Number(replay.position) - Number(replay.from) + 1, {
        rate: replay.eventsPerSecond,
        left: replay.secondsLeft === null ? '?' : `${replay.secondsLeft} s`,
      });
      if (replay.state !== 'running') return replay;
      await delay(POLL_MS);
    }
  } finally {
    bar?.stop();
  }
}

function show(context: CliContext, replay: TopicReplay): void {
  if (replay.state === 'failed') process.exitCode = 1;
  if (context.json()) return printJson(replay);
  const { id, service, topic, state, from, to, events, error } = replay;
  print(`${service} ${from} to ${to} into ${topic}: ${state}, ${events} events brought (${id})`);
  if (error !== null) print(`error: ${error}`);
  if (state === 'running') print(`How far it is: kontor replay topic ${service} --list`);
}

function tried(context: CliContext, trial: Trial): void {
  if (context.json()) return printJson(trial);
  const { topic, topicExists, from, to, positions } = trial;
  print(
    `a trial, nothing was brought: ${positions} positions from ${from} to ${to} into ${topic}, which ${topicExists ? 'is there' : 'would be made'}`,
  );
}

async function list(context: CliContext, path: string): Promise<void> {
  const { items } = await context.api().get<{ items: readonly TopicReplay[] }>(path);
  if (context.json()) return printJson({ items });
  if (items.length === 0) return print('There was none.');
  print(
    table(items, [
      { head: 'replay', value: (row) => row.id },
      { head: 'topic', value: (row) => row.topic },
      { head: 'group', value: (row) => row.group },
      { head: 'state', value: (row) => row.state },
      { head: 'at', value: (row) => row.position, align: 'right' },
      { head: 'to', value: (row) => row.to, align: 'right' },
      { head: 'events', value: (row) => row.events, align: 'right' },
      { head: 'left (s)', value: (row) => row.secondsLeft, align: 'right' },
      { head: 'started', value: (row) => `${row.startedAt} by ${row.startedBy}` },
      { head: 'error', value: (row) => row.error },
    ]),
  );
}
