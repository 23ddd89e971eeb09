/**
 * An immutable map from text to values that shares what did not change (a hash trie with 32 branches). A ledger is folded
 * event by event: copying an object of ten thousand items for each of them took 44 s, this takes a fraction of a second.
 * Its order is that of the hashes: sort where order matters.
 */
export class PersistentMap<Value> {
  private listed: readonly (readonly [string, Value])[] | null = null;
  private listedValues: readonly Value[] | null = null;

  private constructor(
    readonly size: number,
    private readonly root: Slot<Value>,
  ) {}

  static empty<Value>(): PersistentMap<Value> {
    return new PersistentMap<Value>(0, undefined);
  }

  get(key: string): Value | undefined {
    const hash = hashOf(key);
    let slot = this.root;
    for (let shift = 0; slot !== undefined && 'slots' in slot; shift += BITS) slot = slot.slots[indexOf(hash, shift)];
    if (slot === undefined || slot.hash !== hash) return undefined;
    return slot.entries.find(([known]) => known === key)?.[1];
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: Value): PersistentMap<Value> {
    const grows = this.get(key) === undefined ? 1 : 0;
    return new PersistentMap(this.size + grows, put(this.root, hashOf(key), 0, key, value));
  }

  delete(key: string): PersistentMap<Value> {
    if (this.get(key) === undefined) return this;
    return new PersistentMap(this.size - 1, removed(this.root, hashOf(key), 0, key));
  }

  /** Made once for each map: a run that looks at the same ledger on eight hundred dates walks a list. */
  entries(): readonly (readonly [string, Value])[] {
    if (this.listed === null) {
      const list: (readonly [string, Value])[] = [];
      collect(this.root, list);
      this.listed = list;
    }
    return this.listed;
  }

  values(): readonly Value[] {
    this.listedValues ??= this.entries().map(([, value]) => value);
    return this.listedValues;
  }

  map(change: (value: Value) => Value): PersistentMap<Value> {
    return this.entries().reduce((map, [key, value]) => map.set(key, change(value)), PersistentMap.empty<Value>());
  }
}

/** Entries of one hash; more than one only where two keys collide. */
interface Leaf<Value> {
  readonly hash: number;
  readonly entries: readonly (readonly [string, Value])[];
}
interface Branch<Value> {
  readonly slots: readonly Slot<Value>[];
}
type Slot<Value> = Leaf<Value> | Branch<Value> | undefined;

const BITS = 5;
const WIDTH = 1 << BITS;

function indexOf(hash: number, shift: number): number {
  return (hash >>> shift) & (WIDTH - 1);
}

function put<Value>(slot: Slot<Value>, hash: number, shift: number, key: string, value: Value): Slot<Value> {
  if (slot === undefined) return { hash, entries: [[key, value]] };
  if ('slots' in slot) {
    const slots = slot.slots.slice();
    const index = indexOf(hash, shift);
    slots[index] = put(slots[index], hash, shift + BITS, key, value);
    return { slots };
  }
  if (slot.hash === hash) return { hash, entries: [...slot.entries.filter(([known]) => known !== key), [key, value]] };
  const slots = new Array<Slot<Value>>(WIDTH).fill(undefined);
  slots[indexOf(slot.hash, shift)] = slot;
  return put({ slots }, hash, shift, key, value);
}

function removed<Value>(slot: Slot<Value>, hash: number, shift: number, key: string): Slot<Value> {
  if (slot === undefined) return undefined;
  if ('slots' in slot) {
    const slots = slot.slots.slice();
    const index = indexOf(hash, shift);
    slots[index] = removed(slots[index], hash, shift + BITS, key);
    return { slots };
  }
  const entries = slot.entries.filter(([known]) => known !== key);
  return entries.length === 0 ? undefined : { hash: slot.hash, entries };
}

function collect<Value>(slot: Slot<Value>, into: (readonly [string, Value])[]): void {
  if (slot === undefined) return;
  if ('slots' in slot) for (const inner of slot.slots) collect(inner, into);
  else into.push(...slot.entries);
}

/** FNV-1a, 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
