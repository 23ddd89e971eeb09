/**
 * How things from other systems are found again. Every service derives the id of an imported aggregate as
 * UUIDv5(KONTOR_NAMESPACE, importedName(source, kind, identity)), so that a deal can name its account, agent and product
 * before they were imported. Durable: a change here would make strangers of everything imported before.
 */
export type ImportSource = 'crm' | 'receivables';
export type ImportedKind = 'account' | 'staff' | 'product' | 'opportunity' | 'invoice' | 'run';

export function importedName(source: ImportSource, kind: ImportedKind, identity: string): string {
  return `${source}|${kind}|${identity}`;
}

/** Accounts, agents and products of the CRM are known by name alone: spaces and case do not count (`GTXPro` is `GTX Pro`). */
export function identityOfName(name: string): string {
  return name.normalize('NFC').replace(/\s+/gu, '').toLowerCase();
}
