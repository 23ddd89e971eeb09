import { KnownTypes, UnknownEventType } from '@kontor/event-store';
import { allServices, codecsOf } from '../composition/services.ts';
import { productVersion } from '../product-version.ts';
import { StartFault } from '../start-fault.ts';
import type { BackupSummary } from './check-backup.ts';

/** Names shown of what is not known. */
const SHOWN = 3;

/**
 * Whether this version reads every event of a backup. One that it does not read would stop every reader of its log at the first
 * start: the place for that is before anything is made. Throws StartFault.
 */
export async function requireKnownEvents(file: string, { manifest, types }: BackupSummary): Promise<void> {
  const definitions = await allServices();
  const unknown: string[] = [];
  for (const { service } of manifest.logs) {
    const definition = definitions.find(({ name }) => name === service);
    if (definition === undefined) {
      unknown.push(`the log of ${service}`);
      continue;
    }
    const known = new KnownTypes(codecsOf(definition));
    for (const [type, position] of types.get(service) ?? [])
      if (!isKnown(known, type)) unknown.push(`${type} at position ${position} of ${service}`);
  }
  if (unknown.length === 0) return;
  const more = unknown.length > SHOWN ? `, and ${unknown.length - SHOWN} more` : '';
  throw new StartFault(
    `${file} holds what this version of Kontor (${productVersion()}) cannot read: ${unknown.slice(0, SHOWN).join(', ')}${more}. ` +
      `It was made by ${manifest.product}: restore it with that version or a newer one.`,
  );
}

function isKnown(known: KnownTypes, type: string): boolean {
  try {
    known.find(type);
    return true;
  } catch (error) {
    if (error instanceof UnknownEventType) return false;
    throw error;
  }
}
