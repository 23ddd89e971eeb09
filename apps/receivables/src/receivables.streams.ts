import { KONTOR_NAMESPACE, uuidV5 } from '@kontor/service';
import { ledgerKey } from '@kontor/receivables-domain';

/** Ids of streams that are found by what they are about. Durable: a change would make strangers of what is there. */
export function ledgerIdOf(entityId: string, currency: string, accountId: string): string {
  return uuidV5(KONTOR_NAMESPACE, ledgerKey(entityId, currency, accountId));
}

export function policyIdOf(entityId: string, currency: string): string {
  return uuidV5(KONTOR_NAMESPACE, `dunning-policy|${entityId}|${currency}`);
}

export function calendarIdOf(entityId: string, currency: string): string {
  return uuidV5(KONTOR_NAMESPACE, `dunning-calendar|${entityId}|${currency}`);
}

/** From a business key as processes name it. */
export function idOfKey(kind: string, key: string): string {
  return uuidV5(KONTOR_NAMESPACE, kind === 'ledger' ? key : `${kind}|${key}`);
}

/** `ledger-<uuid>` → `<uuid>`: the stream of an event, as a read model keeps it. */
export function idOfSubject(subject: string): string {
  return subject.slice(subject.indexOf('-') + 1);
}
