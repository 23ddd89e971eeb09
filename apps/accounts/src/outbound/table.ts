import type { ContractDefinition, DomainEvent, StoredData } from '@kontor/kernel';
import type { Contracted } from '@kontor/feed';

/**
 * What is published of each event of an aggregate: keyed by event type, so that a forgotten event does not compile. Null
 * says that it is nobody else's business.
 */
export type PublicationTable<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: ((data: StoredData) => Contracted) | null;
};

/** The event's data as they are, personal fields still sealed, without the fields that are not published. */
export function as(contract: ContractDefinition, ...withheld: readonly string[]): (data: StoredData) => Contracted {
  const hidden = new Set(withheld);
  return (data) => ({
    contract: contract.type,
    data: hidden.size === 0 ? data : Object.fromEntries(Object.entries(data).filter(([field]) => !hidden.has(field))),
  });
}
