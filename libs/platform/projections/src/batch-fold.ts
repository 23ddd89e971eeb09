import { isNewer, NewerContract } from '@kontor/feed';
import type { CloudEvent } from '@kontor/kernel';
import { RowRejected } from './errors.ts';
import type { Projection, Row, RowChange, Table } from './projection.ts';
import { canonicalRow, keyOf, refuseUnknownColumns } from './values.ts';

/** A row as the batch leaves it; `row` null: not there. */
interface Entry {
  readonly key: Row;
  readonly row: Row | null;
  /** Whether the batch changed it, so that it must be written. */
  readonly changed: boolean;
  /** Whether `row` has the canonical form that handlers see. */
  readonly canonical: boolean;
  /** Whether it was read from the table. */
  readonly stored: boolean;
  /** The canonical row that a change made this one from. */
  readonly base?: Row | undefined;
}

export interface TableChanges {
  /** Rows that nobody has seen in the table: new ones, unless a `put` writes over what is there. */
  readonly fresh: readonly Row[];
  readonly upserts: readonly Row[];
  readonly deletes: readonly Row[];
}

/** An event that was not applied: its own error, or null when it only waits behind a parked one of its stream. */
export interface Parked {
  readonly event: CloudEvent;
  readonly error: unknown;
}

interface PlannedChange {
  readonly table: string;
  readonly key: string;
  readonly change: RowChange;
}

interface Planned {
  readonly event: CloudEvent;
  readonly changes: readonly PlannedChange[];
}

/**
 * Folds one batch in memory. `plan` asks the handlers, `needed` names the rows that changes have to see, `load` brings
 * them, `apply` works in order and leaves one change per row. An event that fails takes back what it changed and parks
 * its stream; other streams go on.
 */
export class BatchFold {
  readonly parked: Parked[] = [];
  readonly #projection: Projection;
  readonly #isParked: (event: CloudEvent) => boolean;
  /** Streams that failed in this batch, and at which position: what lay before was applied. */
  readonly #failed = new Map<string, bigint>();
  readonly #planned: Planned[] = [];
  readonly #entries: ReadonlyMap<string, Map<string, Entry>>;
  /** What the event in hand has changed so far, as it was before. */
  readonly #undo: { readonly entries: Map<string, Entry>; readonly key: string; readonly before: Entry | undefined }[] =
    [];

  /** `isParked` tells of streams that were parked before this batch. */
  constructor(projection: Projection, isParked: (event: CloudEvent) => boolean) {
    this.#projection = projection;
    this.#isParked = isParked;
    this.#entries = new Map(Object.keys(projection.tables).map((name) => [name, new Map<string, Entry>()]));
  }

  /** `seen` is the event as the handler gets it, unsealed where the projection is personal; `event` the one that is kept. */
  plan(event: CloudEvent, seen: CloudEvent = event): void {
    const { name, on } = this.#projection;
    const handler = on[event.type];
    if (handler === undefined && !isNewer(on, event.type)) return;
    if (this.#projection.skips?.some((skip) => skip.eventId === event.id) === true) return;
    if (this.#waits(event)) return;
    try {
      if (handler === undefined) throw new NewerContract(name, event.type);
      const changes = handler(seen as CloudEvent<never>).map((change): PlannedChange => {
        const { table } = change;
        return { table, key: keyOf(table, this.#table(table), 'put' in change ? change.put : change.key), change };
      });
      this.#planned.push({ event, changes });
    } catch (error) {
      this.fail(event, error);
    }
  }

  /** Parks the event's stream from this event on. */
  fail(event: CloudEvent, error: unknown): void {
    this.#failed.set(event.subject, BigInt(event.position));
    this.parked.push({ event, error });
  }

  /** Keys of the rows that `change` must see and that no earlier `put` of the batch provides. */
  needed(): ReadonlyMap<string, readonly Row[]> {
    const needed = new Map<string, Map<string, Row>>();
    const provided = new Map(Object.keys(this.#projection.tables).map((name) => [name, new Set<string>()]));
    for (const { changes } of this.#planned) {
      for (const { table, key, change } of changes) {
        if ('put' in change) provided.get(table)?.add(key);
        else if (provided.get(table)?.has(key) === false) {
          let keys = needed.get(table);
          if (keys === undefined) needed.set(table, (keys = new Map<string, Row>()));
          keys.set(key, change.key);
        }
      }
    }
    return new Map(Array.from(needed, ([table, keys]) => [table, [...keys.values()]]));
  }

  /** Rows as they are in the database, in canonical form. */
  load(table: string, rows: readonly Row[]): void {
    const entries = this.#entriesOf(table);
    for (const row of rows)
      entries.set(keyOf(table, this.#table(table), row), {
        key: row,
        row,
        changed: false,
        canonical: true,
        stored: true,
      });
  }

  apply(): void {
    const planned = this.#planned.splice(0);
    for (const { event, changes } of planned) {
      if (this.#waits(event)) continue;
      this.#undo.length = 0;
      try {
        for (const change of changes) this.#applyOne(change);
      } catch (error) {
        this.#takeBack();
        this.fail(event, error);
      }
    }
    // Parked while planning and parked while applying are two passes over the batch; dead letters lie in log order.
    this.parked.sort((left, right) => (BigInt(left.event.position) < BigInt(right.event.position) ? -1 : 1));
  }

  changes(table: string): TableChanges {
    const fresh: Row[] = [];
    const upserts: Row[] = [];
    const deletes: Row[] = [];
    for (const entry of this.#entriesOf(table).values()) {
      if (!entry.changed) continue;
      if (entry.row === null) deletes.push(entry.key);
      else (entry.stored ? upserts : fresh).push(entry.row);
    }
    return { fresh, upserts, deletes };
  }

  /** True when the event was parked or went behind a parked one of its stream. */
  #waits(event: CloudEvent): boolean {
    const failedAt = this.#failed.get(event.subject);
    if ((failedAt === undefined || BigInt(event.position) < failedAt) && !this.#isParked(event)) return false;
    this.parked.push({ event, error: null });
    return true;
  }

  #applyOne({ key, change }: PlannedChange): void {
    const table = this.#table(change.table);
    const entries = this.#entriesOf(change.table);
    const before = entries.get(key);
    const base = 'put' in change ? undefined : this.#seen(change.table, table, entries, key);
    const next = 'put' in change ? change.put : change.change(base);
    if (next === undefined) return;
    if (next === null) {
      if (before === undefined || before.row === null) return;
    } else {
      refuseUnknownColumns(change.table, table, next);
      if (!('put' in change) && keyOf(change.table, table, next) !== key)
        throw new RowRejected(change.table, 'a change may not move a row to another key');
    }
    this.#undo.push({ entries, key, before });
    const row = 'put' in change ? change.put : change.key;
    const stored = before?.stored === true;
    entries.set(key, { key: row, row: next, changed: true, canonical: false, stored, base });
  }

  #takeBack(): void {
    for (const { entries, key, before } of this.#undo.reverse()) {
      if (before === undefined) entries.delete(key);
      else entries.set(key, before);
    }
  }

  #seen(name: string, table: Table, entries: Map<string, Entry>, key: string): Row | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.row === null) return undefined;
    if (entry.canonical) return entry.row;
    const row = canonicalRow(name, table, entry.row, entry.base);
    entries.set(key, { ...entry, row, canonical: true, base: undefined });
    return row;
  }

  #table(name: string): Table {
    const table = this.#projection.tables[name];
    if (table === undefined) throw new RowRejected(name, `${this.#projection.name} declares no such table`);
    return table;
  }

  #entriesOf(table: string): Map<string, Entry> {
    const entries = this.#entries.get(table);
    if (entries === undefined) throw new RowRejected(table, `${this.#projection.name} declares no such table`);
    return entries;
  }
}
