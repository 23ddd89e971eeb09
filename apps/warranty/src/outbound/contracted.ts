import type { Contracted } from '@kontor/feed';
import type { ContractDefinition, DomainEvent, SealedText } from '@kontor/kernel';

/** Event data as they lie in the store: personal fields sealed, and null where the field was empty. */
export type Sealed<Data, Fields extends keyof Data> = Omit<Data, Fields> & {
  readonly [Field in Fields]: SealedText | null;
};

/** Contract data that the compiler holds against the contract's definition. */
export function contracted<Data>(definition: ContractDefinition<Data>, data: Data): Contracted {
  return { contract: definition.type, data };
}

/**
 * What each event of an aggregate becomes outside; null: it stays inside. A forgotten event does not compile. `Stored` names
 * the events whose stored data differ from the domain's, because they have sealed fields.
 */
export type PublicationTable<Event extends DomainEvent, Stored = unknown> = {
  readonly [Type in Event['type']]:
    ((data: Type extends keyof Stored ? Stored[Type] : Extract<Event, { type: Type }>['data']) => Contracted) | null;
};
