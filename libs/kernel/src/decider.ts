import type { Refusal } from './refusal.ts';

/** What a decider, a process and a codec see of an event: its type and its data, primitives only. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

export interface DomainCommand<Type extends string = string> {
  readonly type: Type;
}

export type Accepted<Event> = { readonly kind: 'accepted'; readonly events: readonly Event[] };
export type Refused = { readonly kind: 'refused'; readonly refusal: Refusal };
export type Decision<Event> = Accepted<Event> | Refused;

/**
 * The rules of one aggregate, as three pure pieces. Time, ids and facts about other streams are inputs of the
 * command. Both tables are total: an event or a command that is forgotten does not compile.
 * An accepted decision without events means "already so": the command succeeds and nothing is appended.
 */
export interface Decider<State, Command extends DomainCommand, Event extends DomainEvent> {
  readonly initial: State;
  readonly evolve: {
    readonly [Type in Event['type']]: (state: State, data: Extract<Event, { type: Type }>['data']) => State;
  };
  readonly decide: {
    readonly [Type in Command['type']]: (command: Extract<Command, { type: Type }>, state: State) => Decision<Event>;
  };
}

export function accept<Event>(...events: readonly Event[]): Accepted<Event> {
  return { kind: 'accepted', events };
}

export function evolve<State, Command extends DomainCommand, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  state: State,
  event: Event,
): State {
  const step = decider.evolve[event.type as Event['type']];
  return step(state, event.data);
}

export function fold<State, Command extends DomainCommand, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  events: Iterable<Event>,
  from: State = decider.initial,
): State {
  let state = from;
  for (const event of events) state = evolve(decider, state, event);
  return state;
}

export function decide<State, Command extends DomainCommand, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  command: Command,
  state: State,
): Decision<Event> {
  const rule = decider.decide[command.type as Command['type']] as (command: Command, state: State) => Decision<Event>;
  return rule(command, state);
}
