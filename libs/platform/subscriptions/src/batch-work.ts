import { isInfrastructureFault, refuseNewer } from '@kontor/feed';
import type { CloudEvent, DomainCommand, ProcessManager } from '@kontor/kernel';
import type { InstanceChange, Letter, TimerChange } from './process-store.ts';
import { react, type Reaction } from './reaction-plan.ts';
import type { Sender } from './sender.ts';

interface Step<State, Command extends DomainCommand> {
  readonly event: CloudEvent;
  readonly reaction: Reaction<State, Command>;
}

/** What a batch comes to: rows to write. */
export interface BatchOutcome<State> {
  readonly instances: readonly InstanceChange<State>[];
  readonly timers: readonly TimerChange[];
  readonly letters: readonly Letter[];
}

/**
 * One batch of one service. All reactions are worked out first, for they depend on state and events alone, never on an
 * answer; then the commands are sent: in order within an instance and within a stream, side by side otherwise.
 *
 * What fails parks its lane: the instance, because the state is the instance's and one stream (a ledger) may carry many;
 * or the stream, when not even the instance could be told.
 */
export class BatchWork<State, Command extends DomainCommand> {
  readonly #manager: ProcessManager<State, Command>;
  readonly #service: string;
  readonly #parked: Set<string>;
  readonly #letters: Letter[] = [];
  readonly #concerned: { readonly event: CloudEvent; readonly key: string }[] = [];

  constructor(manager: ProcessManager<State, Command>, service: string, parked: ReadonlySet<string>) {
    this.#manager = manager;
    this.#service = service;
    this.#parked = new Set(parked);
  }

  /** The keys of the instances whose state is needed. */
  correlate(events: readonly CloudEvent[]): readonly string[] {
    for (const event of events) {
      const { name, reactions } = this.#manager;
      const lane = `stream:${event.subject}`;
      if (this.#parked.has(lane)) {
        this.#letter(event, lane, null);
        continue;
      }
      try {
        const reaction = reactions[event.type];
        if (reaction === undefined) refuseNewer(name, reactions, event.type);
        const key = reaction?.correlate(event) ?? null;
        if (key !== null) this.#concerned.push({ event, key });
      } catch (error) {
        this.#letter(event, lane, error);
      }
    }
    return [...new Set(this.#concerned.map(({ key }) => key))];
  }

  /** Works out every reaction and sends its commands. Throws faults of the infrastructure and the signal's abort. */
  async carryOut(
    states: ReadonlyMap<string, State>,
    sender: Sender<State, Command>,
    signal: AbortSignal,
  ): Promise<BatchOutcome<State>> {
    const steps = this.#reactions(states);
    const done: Step<State, Command>[] = [];
    const last = new Map<string, Promise<void>>();
    // Apart from the lanes parked while working out: what came before such an event is still to be sent.
    const failed = new Set<string>();
    let broken: { readonly error: unknown } | undefined;
    const carriedOut = steps.map((step) => {
      const lanes = [laneOf(step), `stream:${step.event.subject}`];
      const before = lanes.flatMap((lane) => last.get(lane) ?? []);
      const mine = (async () => {
        await Promise.all(before);
        if (broken !== undefined) return;
        if (failed.has(laneOf(step))) {
          this.#letter(step.event, laneOf(step), null);
          return;
        }
        try {
          await sender.send(step.reaction, signal);
          done.push(step);
        } catch (error) {
          if (signal.aborted || isInfrastructureFault(error)) broken ??= { error };
          else {
            failed.add(laneOf(step));
            this.#letter(step.event, laneOf(step), error);
          }
        }
      })();
      for (const lane of lanes) last.set(lane, mine);
      return mine;
    });
    await Promise.all(carriedOut);
    if (broken !== undefined) throw broken.error;
    return this.#outcome(done);
  }

  #reactions(states: ReadonlyMap<string, State>): Step<State, Command>[] {
    const current = new Map(states);
    const steps: Step<State, Command>[] = [];
    for (const { event, key } of this.#concerned) {
      const lane = `key:${key}`;
      if (this.#parked.has(lane)) {
        this.#letter(event, lane, null);
        continue;
      }
      try {
        const reaction = react(this.#manager, key, event, current.get(key) ?? this.#manager.initial);
        current.set(key, reaction.result.state);
        steps.push({ event, reaction });
      } catch (error) {
        this.#letter(event, lane, error);
      }
    }
    return steps;
  }

  #outcome(done: readonly Step<State, Command>[]): BatchOutcome<State> {
    const inOrder = done.toSorted((left, right) =>
      BigInt(left.event.position) < BigInt(right.event.position) ? -1 : 1,
    );
    const instances = new Map<string, InstanceChange<State>>();
    for (const { reaction } of inOrder) instances.set(reaction.key, changeOf(this.#manager, reaction));
    return {
      instances: [...instances.values()],
      timers: inOrder.flatMap(({ reaction }) => timersOf(reaction)),
      letters: this.#letters.toSorted((left, right) =>
        BigInt(left.event.position) < BigInt(right.event.position) ? -1 : 1,
      ),
    };
  }

  #letter(event: CloudEvent, lane: string, error: unknown): void {
    this.#letters.push({ event, service: this.#service, lane, error });
    if (error !== null) this.#parked.add(lane);
  }
}

function laneOf<State, Command extends DomainCommand>(step: Step<State, Command>): string {
  return `key:${step.reaction.key}`;
}

export function changeOf<State, Command extends DomainCommand>(
  manager: ProcessManager<State, Command>,
  { key, result, trigger }: Reaction<State, Command>,
): InstanceChange<State> {
  return { key, state: result.state, awaiting: manager.awaiting?.(result.state) ?? null, trigger };
}

export function timersOf<State, Command extends DomainCommand>({
  key,
  result,
  trigger,
}: Reaction<State, Command>): readonly TimerChange[] {
  return (result.timers ?? []).map((timer) => ({ key, timer, trigger }));
}
