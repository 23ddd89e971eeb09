import type { Contracted } from '@kontor/feed';
import type { ContractDefinition, DomainEvent } from '@kontor/kernel';

/**
 * What is published of each event, keyed by event type, so that a forgotten event does not compile. Null says that it is
 * nobody else's business.
 */
export type PublicationTable<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: ((data: Extract<Event, { type: Type }>['data']) => Contracted) | null;
};

export function contracted<Data>(contract: ContractDefinition<Data>, data: Data): Contracted {
  return { contract: contract.type, data };
}

/** An event that is published as it is. */
export function asItIs<Data>(contract: ContractDefinition<Data>): (data: Data) => Contracted {
  return (data) => ({ contract: contract.type, data });
}
