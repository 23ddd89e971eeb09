import { differingFields, type Source } from '@kontor/accounts-domain';
import type { Aggregate, DomainCommand, DomainEvent } from '@kontor/kernel';
import {
  type CommandEnvelope,
  IdempotencyKeyReused,
  type Outcome,
  requestHash,
  type ServiceRuntime,
  uuidV5,
} from '@kontor/service';
import { refused, rejected, type RowOutcome } from './rows.ts';

export interface ImportStep<Command> {
  /** Names the step in the id of its command. */
  readonly name: string;
  readonly command: Command;
  /** The date on which it happened. */
  readonly on: string;
}

/** One row as steps on one aggregate. The first step makes it; the further ones bring it to where the source has it. */
export interface ImportedThing<State, Command extends DomainCommand, Event extends DomainEvent> {
  readonly line: number;
  readonly aggregate: Aggregate<State, Command, Event>;
  readonly id: string;
  readonly content: Source['content'];
  readonly first: ImportStep<Command>;
  readonly further: readonly ImportStep<Command>[];
  /** What the source had said when it was imported; null: unknown or erased. */
  readonly known: (state: State) => Source['content'] | null;
  /** Steps from what is known to what the source says now; undefined where there is no way. */
  readonly update: (state: State, differing: readonly string[]) => readonly ImportStep<Command>[] | undefined;
}

export interface ImportMode {
  readonly actor: string;
  readonly runId: string;
  readonly update: boolean;
  readonly dryRun: boolean;
}

/** Same identity and content: already known. Same identity, other content: rejected, or updated when that was asked for. */
export async function importThing<State, Command extends DomainCommand, Event extends DomainEvent>(
  runtime: ServiceRuntime,
  mode: ImportMode,
  thing: ImportedThing<State, Command, Event>,
): Promise<RowOutcome> {
  const { runner } = runtime;
  const { line, aggregate, id, content } = thing;
  const hash = requestHash(content);
  const run = ({ name, command, on }: ImportStep<Command>): Promise<Outcome> =>
    runner.execute(aggregate, id, command, envelopeOf(mode, uuidV5(id, name), hash, on));

  if (!mode.dryRun) {
    const made = await orReused(run(thing.first));
    if (made?.kind === 'accepted' && !made.repeated) return finish(line, made, thing.further, run);
  }
  const { state, revision } = await runner.load(aggregate, id);
  if (revision === -1n) {
    // A dry run, or the first step was refused and left nothing: a refusal is made again to be told.
    if (mode.dryRun) return accepted(line, null);
    const again = await run(thing.first);
    return again.kind === 'refused' ? refused(line, again.refusal) : finish(line, again, thing.further, run);
  }
  const known = thing.known(state);
  const differing = known === null ? [] : differingFields(known, content);
  if (differing.length === 0) return mode.dryRun ? alreadyKnown(line) : finish(line, undefined, thing.further, run);
  const steps = mode.update ? thing.update(state, differing) : undefined;
  if (steps === undefined) return differs(line, differing);
  return mode.dryRun ? accepted(line, null) : finish(line, undefined, steps, run);
}

/** Runs what is left. A run that was killed before continues here: what it had done is repeated, and answers as it did. */
async function finish<Command>(
  line: number,
  made: Outcome | undefined,
  steps: readonly ImportStep<Command>[],
  run: (step: ImportStep<Command>) => Promise<Outcome>,
): Promise<RowOutcome> {
  let position = made?.kind === 'accepted' ? made.receipt.position : null;
  for (const step of steps) {
    const outcome = await run(step);
    if (outcome.kind === 'refused') return refused(line, outcome.refusal);
    if (!outcome.repeated && outcome.events.length > 0) position = outcome.receipt.position;
  }
  return position === null ? alreadyKnown(line) : accepted(line, position);
}

function accepted(line: number, position: bigint | null): RowOutcome {
  return { result: { line, outcome: 'accepted' }, position };
}

function alreadyKnown(line: number): RowOutcome {
  return { result: { line, outcome: 'already-known' }, position: null };
}

function differs(line: number, fields: readonly string[]): RowOutcome {
  const names = fields.join(', ');
  return rejected(line, 'DiffersFromKnown', `It was imported before with another ${names}.`, names);
}

/** Undefined: the step was taken before, for another content. */
async function orReused(outcome: Promise<Outcome>): Promise<Outcome | undefined> {
  try {
    return await outcome;
  } catch (error) {
    if (error instanceof IdempotencyKeyReused) return undefined;
    throw error;
  }
}

export function envelopeOf(mode: ImportMode, commandId: string, hash: string, on: string): CommandEnvelope {
  return {
    commandId,
    requestHash: hash,
    actor: mode.actor,
    origin: 'import',
    correlationId: mode.runId,
    occurredAt: `${on}T00:00:00.000Z`,
  };
}

/** The name of a step that belongs to one content of a thing: what the source says later is another step. */
export function stepOf(name: string, content: Source['content']): string {
  return `${name}:${requestHash(content)}`;
}
