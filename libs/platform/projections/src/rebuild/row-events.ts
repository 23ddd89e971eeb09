import { type Feed, FeedUpTo } from '@kontor/feed';
import { withoutEffects } from '@kontor/event-store';
import type { CloudEvent } from '@kontor/kernel';
import type { Projection, Row } from '../projection.ts';
import { keyOf } from '../values.ts';
import { contractTypesOf } from '../personal-copies.ts';
import { servicesOf } from '../schema.ts';
import type { DifferentRow, EventBehind, TableComparison } from './compare.ts';
import { SHOWN_EVENTS } from './rebuild.config.ts';

export type Unseal = (events: readonly CloudEvent[]) => Promise<readonly CloudEvent[]>;

export interface TouchedRow {
  readonly table: string;
  readonly key: string;
  readonly row: Row;
}

/** The rows that an event concerns; none when its handler fails, for then it is parked. */
export function touchedRows(projection: Projection, seen: CloudEvent): readonly TouchedRow[] {
  const handler = projection.on[seen.type];
  if (handler === undefined) return [];
  try {
    return withoutEffects(projection.name, () => handler(seen as CloudEvent<never>)).map((change) => {
      const table = projection.tables[change.table];
      if (table === undefined) throw new TypeError(`${projection.name} declares no table ${change.table}`);
      const row = 'put' in change ? change.put : change.key;
      return { table: change.table, key: keyOf(change.table, table, row), row };
    });
  } catch {
    return [];
  }
}

/** Every event that a projection folds up to the given positions, service by service, as its handlers see it. */
export async function* foldedEvents(
  projection: Projection,
  feed: Feed,
  positions: ReadonlyMap<string, bigint>,
  unseal: Unseal,
  /** Where to begin, where that is not the beginning. */
  from?: ReadonlyMap<string, bigint>,
): AsyncGenerator<{ readonly service: string; readonly event: CloudEvent; readonly seen: CloudEvent }> {
  const { signal } = new AbortController();
  const upTo = new FeedUpTo(feed, positions);
  for (const service of servicesOf(contractTypesOf(projection)))
    for await (const batch of upTo.read({ service, after: from?.get(service) ?? 0n, follow: false, signal })) {
      const events = batch.events.filter(({ type }) => type in projection.on);
      const seen = await unseal(events);
      for (const [index, event] of events.entries()) yield { service, event, seen: seen[index] as CloudEvent };
    }
}

/** Finds the events behind the rows that differ, by asking every event of the history which rows it concerns. */
export async function withEvents(
  tables: readonly TableComparison[],
  projection: Projection,
  feed: Feed,
  positions: ReadonlyMap<string, bigint>,
  unseal: Unseal,
): Promise<readonly TableComparison[]> {
  const wanted = new Map<string, EventBehind[]>();
  for (const { table, first } of tables) for (const row of first) wanted.set(nameOf(projection, table, row), []);
  if (wanted.size === 0) return tables;
  for await (const { service, event, seen } of foldedEvents(projection, feed, positions, unseal)) {
    const names = new Set(touchedRows(projection, seen).map(({ table, key }) => `${table} ${key}`));
    for (const name of names) {
      const events = wanted.get(name);
      if (events === undefined || events.length >= SHOWN_EVENTS) continue;
      const { position, id, type, subject } = event;
      events.push({ service, position, eventId: id, contract: type, stream: subject });
    }
  }
  return tables.map((compared) => ({
    ...compared,
    first: compared.first.map((row) => ({ ...row, events: wanted.get(nameOf(projection, compared.table, row)) ?? [] })),
  }));
}

function nameOf(projection: Projection, table: string, { key }: DifferentRow): string {
  const declared = projection.tables[table];
  if (declared === undefined) return `${table} ?`;
  const row = Object.fromEntries(
    Object.entries(key).map(([column, text]) => {
      const type = declared.columns[column]?.type;
      return [
        column,
        type === 'bigint' || type === 'integer' ? BigInt(text) : type === 'boolean' ? text === 'true' : text,
      ];
    }),
  );
  return `${table} ${keyOf(table, declared, row)}`;
}
