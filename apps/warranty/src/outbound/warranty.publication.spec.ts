import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { StoredData } from '@kontor/kernel';
import type { StoredEvent } from '@kontor/event-store';
import { contracts } from '@kontor/warranty-contracts';
import { claimAggregate, unitAggregate, warrantyTermAggregate } from '@kontor/warranty-domain';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { warrantyPublication } from './warranty.publication.ts';

const DOMAIN = join(import.meta.dirname, '../../../../libs/warranty/domain/src');
const ajv = new Ajv2020({ strict: true });
formats.default.default(ajv);
const schemas = new Map(contracts.map((contract) => [contract.type, ajv.compile(contract.schema)]));

/** What the publication gets: the golden event of each type, its personal fields sealed as in the store. */
const stored = ['unit', 'warranty-term', 'claim'].flatMap((folder) =>
  readdirSync(join(DOMAIN, folder, 'golden')).map((file) => {
    const golden = JSON.parse(readFileSync(join(DOMAIN, folder, 'golden', file), 'utf8')) as {
      type: string;
      data: StoredData;
    };
    const type = golden.type.split('.')[1] ?? '';
    return { type, data: sealed(type, golden.data), stored: {} as StoredEvent };
  }),
);

function sealed(type: string, data: StoredData): StoredData {
  const codecs = [unitAggregate.codec, warrantyTermAggregate.codec, claimAggregate.codec].map((codec) => codec.events);
  const codec = Object.assign({}, ...codecs)[type] as { personal?: { subject: string; fields: readonly string[] } };
  const fields = codec.personal?.fields ?? [];
  const subject = codec.personal === undefined ? '' : data[codec.personal.subject];
  return { ...data, ...Object.fromEntries(fields.map((field) => [field, { sealed: 'k1:9Yb2c0VtYQ', subject }])) };
}

describe('what after-sales publishes', () => {
  it.each(contracts.map((contract) => [contract.type, contract] as const))(
    'X-01: %s has an example that its schema accepts',
    (type, contract) => {
      const validate = schemas.get(type);
      validate?.(contract.example);
      expect(validate?.errors).toBeNull();
    },
  );

  it.each(stored.map((event) => [event.type, event] as const))(
    'X-01: %s becomes what its contract says, or stays inside',
    (type, event) => {
      const published = warrantyPublication.publish(event);
      if (published === undefined) {
        expect(type).toBe('CoverUsed');
        return;
      }
      const validate = schemas.get(published.contract);
      validate?.(published.data);
      expect(validate?.errors).toBeNull();
    },
  );

  it('X-01: every contract is published by an event', () => {
    const published = stored.flatMap((event) => warrantyPublication.publish(event)?.contract ?? []);
    expect([...new Set(published)].sort()).toEqual(contracts.map((contract) => contract.type).sort());
  });

  it('X-01: an event of another service is a fault, not silence', () => {
    expect(() => warrantyPublication.publish({ type: 'OrderPlaced', data: {}, stored: {} as StoredEvent })).toThrow(
      'OrderPlaced is no event of this service',
    );
  });
});
