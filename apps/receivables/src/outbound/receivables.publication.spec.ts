import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@kontor/event-store';
import type { StoredData } from '@kontor/kernel';
import { contracts } from '@kontor/receivables-contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { receivablesPublication } from './receivables.publication.ts';

const DOMAIN = join(import.meta.dirname, '../../../../libs/receivables/domain/src');
const FOLDERS = ['ledger', 'invoice', 'credit-note', 'number-range', 'dunning-policy', 'dunning-calendar', 'notice'];
const ajv = new Ajv2020({ strict: true });
formats.default.default(ajv);
const schemas = new Map(contracts.map((contract) => [contract.type, ajv.compile(contract.schema)]));

/** What the publication gets: the golden event of each type, personal fields sealed as in the store. */
const stored = FOLDERS.flatMap((folder) =>
  readdirSync(join(DOMAIN, folder, 'golden')).map((file) => {
    const golden = JSON.parse(readFileSync(join(DOMAIN, folder, 'golden', file), 'utf8')) as {
      type: string;
      data: StoredData;
    };
    return { type: golden.type.split('.')[1] ?? '', data: golden.data, stored: {} as StoredEvent };
  }),
);

/** What stays inside: nobody else's business. */
const INSIDE = ['InvoiceSourceNoted', 'EntryRefused', 'DunningRunBegun', 'DunningRunFinished', 'NoticeDispatchBegun'];

describe('what receivables publish', () => {
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
      const published = receivablesPublication.publish(event);
      if (published === undefined) {
        expect(INSIDE).toContain(type);
        return;
      }
      const validate = schemas.get(published.contract);
      validate?.(published.data);
      expect(validate?.errors).toBeNull();
    },
  );

  it('X-01: every contract is published by an event', () => {
    const published = new Set(stored.map((event) => receivablesPublication.publish(event)?.contract));
    published.delete(undefined);
    expect([...published].map(String).sort()).toEqual(contracts.map((contract) => contract.type).sort());
  });

  it('X-08: the text of a notice is not published, its hash is', () => {
    const rendered = stored.find((event) => event.type === 'NoticeRendered');
    const published = rendered === undefined ? undefined : receivablesPublication.publish(rendered);
    expect(Object.keys(published?.data as object)).not.toContain('content');
    expect(Object.keys(published?.data as object)).toContain('contentHash');
  });

  it('X-01: an event of another service is a fault, not silence', () => {
    expect(() => receivablesPublication.publish({ type: 'OrderPlaced', data: {}, stored: {} as StoredEvent })).toThrow(
      'OrderPlaced is no event of this service',
    );
  });
});
