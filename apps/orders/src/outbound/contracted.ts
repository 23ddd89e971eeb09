import type { Contracted } from '@kontor/feed';
import type { ContractDefinition, DomainEvent } from '@kontor/kernel';

/** Per event type the contract it becomes, or null where it stays inside. Total: a forgotten event does not compile. */
export type PublicationTable<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: ((data: Extract<Event, { type: Type }>['data']) => Contracted) | null;
};

/** The contract with data of its own type. */
export function contracted<Data>(definition: ContractDefinition<Data>, data: Data): Contracted {
  return { contract: definition.type, data };
}
