import { expect, it } from '@jest/globals';
import type { StoredEvent } from '@kontor/event-store';
import type { Publication, PublishedSource } from '@kontor/feed';
import type { Codec, ContractDefinition, EventCodec, StoredData } from '@kontor/kernel';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { goldenEvents } from './golden-files.ts';

/** What a service stores: the golden files of each aggregate, and the codec that reads them. */
type Stored = readonly (readonly [directory: string, aggregate: { readonly codec: Codec }])[];

/**
 * What a service publishes of its golden events is what its contracts promise, and nothing besides. `inside`: the events
 * that are nobody else's business.
 */
export function publishedContracts(
  publication: Publication,
  contracts: readonly ContractDefinition[],
  { stored, inside }: { readonly stored: Stored; readonly inside: readonly string[] },
): void {
  const ajv = new Ajv2020({ strict: true });
  formats.default.default(ajv);
  const events = stored.flatMap(([directory, { codec }]) => storedEvents(directory, codec));
  const names = contracts.map(({ type }) => type);

  it('names every contract once, as one of its own', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !name.startsWith(`kontor.${publication.service}.`))).toEqual([]);
  });

  it.each(contracts.map((contract) => [contract.type, contract] as const))(
    '%s has an example that its schema accepts',
    (_type, { schema, example }) => {
      const validate = ajv.compile(schema);
      validate(example);
      expect(validate.errors).toBeNull();
    },
  );

  it.each(events.map((event) => [event.type, event] as const))(
    '%s becomes what its contract says, field by field, or stays inside',
    (type, event) => {
      const published = publication.publish(event);
      expect([type, published === undefined]).toEqual([type, inside.includes(type)]);
      if (published === undefined) return;
      const contract = contracts.find((one) => one.type === published.contract);
      const validate = ajv.compile(contract?.schema ?? false);
      validate(published.data);
      expect(validate.errors).toBeNull();
      expect(fieldsOf(published.data)).toEqual(fieldsOf(contract?.example));
    },
  );

  it('every contract is published by some event', () => {
    const published = events.flatMap((event) => publication.publish(event)?.contract ?? []);
    expect([...new Set(published)].sort()).toEqual(names.toSorted());
  });

  it('an event of another service is a fault, not silence', () => {
    expect(() => publication.publish({ type: 'SomethingHappened', data: {}, stored: {} as StoredEvent })).toThrow(
      'SomethingHappened is no event of this service',
    );
  });
}

/** What a publication is given: the golden events, personal fields sealed as they are in the store. */
export function storedEvents(directory: string, codec: Codec): readonly PublishedSource[] {
  return goldenEvents(directory, codec).map(({ type, data }) => {
    const { personal } = codec.events[type] as EventCodec;
    const sealed = (personal?.fields ?? []).map((field) => [
      field,
      data[field] && { sealed: 'k1:9Yb2c0VtYQ', subject: data[personal?.subject ?? ''] },
    ]);
    return { type, data: { ...data, ...Object.fromEntries(sealed) } as StoredData, stored: {} as StoredEvent };
  });
}

function fieldsOf(data: unknown): readonly string[] {
  return Object.keys(data as object).sort();
}
