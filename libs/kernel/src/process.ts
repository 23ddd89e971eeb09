import type { CloudEvent } from './contract.ts';
import type { DomainCommand } from './decider.ts';

/**
 * A command that a process sends to its own service. `step` makes its id: UUIDv5(triggering event id, process/step), so that a
 * redelivery sends the same command again and gets the first receipt. `key` says which aggregate, in the business's terms;
 * the service turns it into a stream id.
 */
export interface ProcessCommand<Command extends DomainCommand = DomainCommand> {
  readonly step: string;
  readonly aggregate: string;
  readonly key: string;
  readonly command: Command;
}

/** A timer is a row: due at an instant, fired once as an event of the process's own. */
export interface ProcessTimer {
  readonly name: string;
  readonly dueAt: string;
  readonly payload: { readonly [field: string]: string | number | boolean | null };
}

export interface ProcessResult<State, Command extends DomainCommand> {
  readonly state: State;
  readonly commands: readonly ProcessCommand<Command>[];
  readonly timers?: readonly ProcessTimer[];
}

/** A timer that fell due, with the key of the instance that set it. */
export interface DueTimer extends ProcessTimer {
  readonly key: string;
}

/**
 * A process manager as pure functions: events in, commands and timers out. `correlate` gives the key of the state row
 * (null: this event does not concern the process); `react` is total over the contracts it names.
 */
export interface ProcessManager<State, Command extends DomainCommand> {
  readonly name: string;
  readonly initial: State;
  readonly reactions: {
    readonly [contractType: string]: {
      readonly correlate: (event: CloudEvent) => string | null;
      readonly react: (state: State, event: CloudEvent) => ProcessResult<State, Command>;
    };
  };
  /** A timer of `timers` fell due. Setting a timer of the same name again moves it. */
  readonly onTimer?: (state: State, timer: DueTimer) => ProcessResult<State, Command>;
  /** What the instance is waiting for, in a few words for the watchdog; null when it waits for nothing. */
  readonly awaiting?: (state: State) => string | null;
}
