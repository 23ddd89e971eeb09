import type { Codec } from './codec.ts';
import type { Decider, DomainCommand, DomainEvent } from './decider.ts';

/** Everything a service needs to run one kind of stream. `category` is one camelCase word; a stream is `<category>-<id>`. */
export interface Aggregate<State, Command extends DomainCommand, Event extends DomainEvent> {
  readonly category: string;
  readonly decider: Decider<State, Command, Event>;
  readonly codec: Codec<Event>;
}

export function defineAggregate<State, Command extends DomainCommand, Event extends DomainEvent>(
  aggregate: Aggregate<State, Command, Event>,
): Aggregate<State, Command, Event> {
  return aggregate;
}
