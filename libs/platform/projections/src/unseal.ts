import type { KeyVault } from '@kontor/event-store';
import type { CloudEvent } from '@kontor/kernel';

interface Sealed {
  readonly sealed: string;
  readonly subject: string;
}

/** The events with every sealed field replaced by its text, or null once the subject's key is destroyed. */
export async function unsealAll(vault: KeyVault, events: readonly CloudEvent[]): Promise<readonly CloudEvent[]> {
  const subjects = subjectsOf(events);
  if (subjects.size === 0) return events;
  await vault.prepare([...subjects], 'unseal');
  return events.map((event) =>
    sealedIn(event).length === 0 ? event : { ...event, data: unsealed(vault, event.data) },
  );
}

/**
 * The same by the keys that there are at this moment: another process may have destroyed one that is still in memory here. For
 * what is written apart from the order of the log, where no erasure comes by afterwards.
 */
export async function unsealNow(vault: KeyVault, events: readonly CloudEvent[]): Promise<readonly CloudEvent[]> {
  vault.forget([...subjectsOf(events)]);
  return unsealAll(vault, events);
}

function subjectsOf(events: readonly CloudEvent[]): ReadonlySet<string> {
  const subjects = new Set<string>();
  for (const event of events) for (const subject of sealedIn(event)) subjects.add(subject);
  return subjects;
}

/** By the data of an event: several projections are given the same ones, and looking through them costs more than most folds. */
const sealed = new WeakMap<object, readonly string[]>();

/** The subjects of an event's sealed fields. */
function sealedIn({ data }: CloudEvent): readonly string[] {
  if (typeof data !== 'object' || data === null) return [];
  let found = sealed.get(data);
  if (found === undefined) {
    const subjects = new Set<string>();
    collect(data, subjects);
    sealed.set(data, (found = [...subjects]));
  }
  return found;
}

function isSealed(value: object): value is Sealed {
  return (
    'sealed' in value && 'subject' in value && typeof value.sealed === 'string' && typeof value.subject === 'string'
  );
}

function collect(value: unknown, subjects: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (isSealed(value)) subjects.add(value.subject);
  else for (const name in value) collect((value as { readonly [name: string]: unknown })[name], subjects);
}

function unsealed(vault: KeyVault, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => unsealed(vault, inner));
  if (isSealed(value)) return vault.unseal(value.subject, value.sealed);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unsealed(vault, inner)]));
}
