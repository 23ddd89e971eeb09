import type { Publication } from '@kontor/feed';
import type { Codec, DomainCommand } from '@kontor/kernel';
import type { Projection } from '@kontor/projections';
import type { DynamicModule } from '@nestjs/common';
import type { ServiceRuntime } from './service-runtime.ts';

/** An aggregate where its own types do not matter: it is listed, decoded or sent to. Every `Aggregate` is one. */
export interface AnyAggregate {
  readonly category: string;
  readonly decider: { readonly initial: unknown; readonly evolve: object; readonly decide: object };
  readonly codec: Codec;
}

/** A process manager where its own types do not matter. Every `ProcessManager` is one. */
export interface AnyProcess {
  readonly name: string;
  readonly initial: unknown;
  readonly reactions: object;
}

/** Where a process's command goes: the aggregate, and its stream id from the business key. */
export interface CommandTarget {
  readonly aggregate: AnyAggregate;
  readonly id: string;
  /** Adds the facts of other streams that the command is decided on, as a controller would; absent: sent as it is. */
  readonly gather?: (command: DomainCommand, runtime: ServiceRuntime) => Promise<DomainCommand>;
}

/** A process and the aggregates that it may send commands to, by the names its commands use. */
export interface ProcessSubscription {
  readonly manager: AnyProcess;
  readonly targets: { readonly [aggregate: string]: (key: string) => CommandTarget };
}

/** Work that a service does by itself: at start, or again and again while it runs. */
export interface ServiceTask {
  readonly name: string;
  /** Milliseconds between two runs; absent: once, when the service starts, before it answers. */
  readonly everyMs?: number;
  readonly run: (runtime: ServiceRuntime, signal: AbortSignal) => Promise<void>;
}

/** A service in one screen: what it folds, publishes, projects, ensures and answers. */
export interface ServiceDefinition {
  readonly name: string;
  readonly aggregates: readonly AnyAggregate[];
  readonly publication: Publication;
  readonly projections: readonly Projection[];
  readonly processes: readonly ProcessSubscription[];
  readonly tasks?: readonly ServiceTask[];
  readonly module: (runtime: ServiceRuntime) => DynamicModule;
}
