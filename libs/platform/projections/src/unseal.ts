import type { KeyVault } from '@kontor/event-store';
import type { CloudEvent } from '@kontor/kernel';

interface Sealed {
  readonly sealed: string;
  readonly subject: string;
}

/** The events with every sealed field replaced by its text, or null once the subject's key is destroyed. */
export async function unsealAll(vault: KeyVault, events: readonly CloudEvent[]): Promise<readonly CloudEvent[]> {
  const subjects = new Set<string>();
  const sealed = events.map((event) => collect(event.data, subjects));
  if (subjects.size === 0) return events;
  await vault.prepare([...subjects], 'unseal');
  return events.map((event, index) =>
    sealed[index] === true ? { ...event, data: unsealed(vault, event.data) } : event,
  );
}

/**
 * The same by the keys that there are at this moment: another process may have destroyed one that is still in memory here. For
 * what is written apart from the order of the log, where no erasure comes by afterwards.
 */
export async function unsealNow(vault: KeyVault, events: readonly CloudEvent[]): Promise<readonly CloudEvent[]> {
  const subjects = new Set<string>();
  for (const event of events) collect(event.data, subjects);
  vault.forget([...subjects]);
  return unsealAll(vault, events);
}

function isSealed(value: object): value is Sealed {
  return (
    'sealed' in value && 'subject' in value && typeof value.sealed === 'string' && typeof value.subject === 'string'
  );
}

/** Adds the subjects of the sealed fields; whether there are any. */
function collect(value: unknown, subjects: Set<string>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isSealed(value)) {
    subjects.add(value.subject);
    return true;
  }
  let found = false;
  for (const name in value) if (collect((value as { readonly [name: string]: unknown })[name], subjects)) found = true;
  return found;
}

function unsealed(vault: KeyVault, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => unsealed(vault, inner));
  if (isSealed(value)) return vault.unseal(value.subject, value.sealed);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unsealed(vault, inner)]));
}
