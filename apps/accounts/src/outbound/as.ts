import type { ContractDefinition } from '@kontor/kernel';
import type { Contracted } from '@kontor/feed';

/** The event's data as they are, personal fields still sealed, without the fields that are not published. */
export function as(contract: ContractDefinition, ...withheld: readonly string[]): (data: object) => Contracted {
  const hidden = new Set(withheld);
  return (data) => ({
    contract: contract.type,
    data: hidden.size === 0 ? data : Object.fromEntries(Object.entries(data).filter(([field]) => !hidden.has(field))),
  });
}
