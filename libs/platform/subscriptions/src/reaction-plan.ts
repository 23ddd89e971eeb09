import type { CloudEvent, DomainCommand, ProcessManager, ProcessResult, ProcessTimer } from '@kontor/kernel';
import { v5 as uuidV5 } from 'uuid';
import type { CommandIdentity } from './runner-types.ts';

/** What set a reaction off: an event, or a timer that fell due. */
export interface Trigger {
  /** Type of the event, or which timer. */
  readonly type: string;
  /** Namespace of the ids of the commands. */
  readonly id: string;
  readonly causationId: string;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  readonly recordedAt: string;
}

/** One reaction: what to send, and the state afterwards. */
export interface Reaction<State, Command extends DomainCommand> {
  readonly key: string;
  readonly trigger: Trigger;
  readonly result: ProcessResult<State, Command>;
}

function triggerOf(event: CloudEvent): Trigger {
  return {
    type: event.type,
    id: event.id,
    causationId: event.id,
    correlationId: event.correlationid,
    traceparent: event.traceparent,
    recordedAt: event.recordedat,
  };
}

/** A timer's own id: the same however often it fires, another one when it was set for another instant. */
export function triggerOfTimer(
  process: string,
  key: string,
  timer: ProcessTimer,
  setBy: { readonly causationId: string; readonly correlationId: string; readonly recordedAt: string },
): Trigger {
  return {
    type: `timer ${timer.name}`,
    id: uuidV5(`${process}/${key}/${timer.name}/${timer.dueAt}`, setBy.causationId),
    causationId: setBy.causationId,
    correlationId: setBy.correlationId,
    traceparent: undefined,
    recordedAt: setBy.recordedAt,
  };
}

/** The process's name is in the id, because two processes of a service may react to one event with a step of one name. */
export function identityOf(process: string, trigger: Trigger, step: string): CommandIdentity {
  return {
    commandId: uuidV5(`${process}/${step}`, trigger.id),
    causationId: trigger.causationId,
    correlationId: trigger.correlationId,
    actor: `process:${process}`,
    ...(trigger.traceparent !== undefined && { traceparent: trigger.traceparent }),
  };
}

/** Throws what `react` throws, and when two commands of one reaction have one step, that is one id. */
export function react<State, Command extends DomainCommand>(
  manager: ProcessManager<State, Command>,
  key: string,
  event: CloudEvent,
  state: State,
): Reaction<State, Command> {
  const reaction = manager.reactions[event.type];
  if (reaction === undefined) throw new TypeError(`${manager.name} does not react to ${event.type}`);
  return checked(manager.name, { key, trigger: triggerOf(event), result: reaction.react(state, event) });
}

export function checked<State, Command extends DomainCommand>(
  process: string,
  reaction: Reaction<State, Command>,
): Reaction<State, Command> {
  const steps = reaction.result.commands.map(({ step }) => step);
  if (new Set(steps).size !== steps.length)
    throw new TypeError(`${process}: two commands of one reaction have the same step (${steps.join(', ')})`);
  return reaction;
}
