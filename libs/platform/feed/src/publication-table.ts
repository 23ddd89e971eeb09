import type { ContractDefinition, DomainEvent } from '@kontor/kernel';
import type { Contracted, Publication } from './publication.ts';

/**
 * What each event of an aggregate becomes outside; null: it stays inside. A forgotten event does not compile. `Stored` names
 * the events whose stored data differ from the domain's, because they have sealed fields.
 */
export type PublicationTable<Event extends DomainEvent, Stored = unknown> = {
  readonly [Type in Event['type']]:
    ((data: Type extends keyof Stored ? Stored[Type] : Extract<Event, { type: Type }>['data']) => Contracted) | null;
};

/** Contract data that the compiler holds against the contract's definition. */
export function contracted<Data>(contract: ContractDefinition<Data>, data: Data): Contracted {
  return { contract: contract.type, data };
}

/** An event that is published as it is. */
export function asItIs<Data>(contract: ContractDefinition<Data>): (data: Data) => Contracted {
  return (data) => contracted(contract, data);
}

type Entry = ((data: never) => Contracted) | null;

/** All tables of a service. Publishing an event that is in none of them throws TypeError: silence would be a gap. */
export function publicationOf(service: string, ...tables: readonly { readonly [type: string]: Entry }[]): Publication {
  const entries = new Map(tables.flatMap((table) => Object.entries(table)));
  return {
    service,
    publish: ({ type, data }) => {
      const entry = entries.get(type);
      if (entry === undefined) throw new TypeError(`${type} is no event of this service`);
      // The codec gave the data the shape of their type; the tables are typed by it.
      return entry?.(data as never);
    },
  };
}
