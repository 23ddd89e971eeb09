import type { TracedEvent } from './event-trace.projection.ts';

export interface TraceNode extends TracedEvent {
  /** The event that led to the command; of a command that another one caused, the first event of that one. */
  readonly causedBy: string | null;
  /** Steps from the beginning of the chain. */
  readonly depth: number;
}

/** The events of one chain as a forest, causes before effects: a command's events stay together. */
export function causeAndEffect(chain: readonly TracedEvent[]): readonly TraceNode[] {
  const byId = new Map(chain.map((event) => [event.eventId, event]));
  const firstOf = new Map<string, TracedEvent>();
  for (const event of chain) if (!firstOf.has(event.commandId)) firstOf.set(event.commandId, event);
  const effects = new Map<string | null, TracedEvent[]>();
  for (const event of chain) {
    const { causationId } = event;
    const cause = causationId === null ? undefined : (byId.get(causationId) ?? firstOf.get(causationId));
    const key = cause === undefined || cause === event ? null : cause.eventId;
    effects.set(key, [...(effects.get(key) ?? []), event]);
  }
  const nodes: TraceNode[] = [];
  const seen = new Set<string>();
  const visit = (causedBy: string | null, depth: number) => {
    for (const event of effects.get(causedBy) ?? []) {
      if (seen.has(event.eventId)) continue;
      seen.add(event.eventId);
      nodes.push({ ...event, causedBy, depth });
      visit(event.eventId, depth + 1);
    }
  };
  visit(null, 0);
  return nodes;
}
