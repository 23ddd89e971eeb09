import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { contracts } from '@kontor/accounts-contracts';
import type { StoredData } from '@kontor/kernel';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { accountsPublication } from './accounts.publication.ts';

const domain = resolve(import.meta.dirname, '../../../../libs/accounts/domain/src');
const golden = readdirSync(domain, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.v1.json'))
  .map((file) => JSON.parse(readFileSync(resolve(domain, file), 'utf8')) as { type: string; data: StoredData });

describe('what accounts publishes', () => {
  const ajv = new Ajv2020({ strict: true });
  formats.default.default(ajv);
  const publish = ({ type, data }: (typeof golden)[number]) =>
    accountsPublication.publish({ type: type.split('.')[1] ?? '', data, stored: undefined as never });

  it('X-01: every contract is the publication of one event', () => {
    const published = golden.map((event) => publish(event)?.contract).filter((type) => type !== undefined);
    expect(published.sort()).toEqual(contracts.map(({ type }) => type).sort());
  });

  it.each(golden.filter((event) => publish(event) !== undefined).map((event) => [event.type, event] as const))(
    'X-01: %s is published as its contract says, and nothing besides',
    (_type, event) => {
      const published = publish(event);
      const contract = contracts.find(({ type }) => type === published?.contract);
      if (contract === undefined) throw new Error('publishes under a contract that is not listed');
      const validate = ajv.compile(contract.schema);
      validate(published?.data);
      expect(validate.errors).toBeNull();
      expect(Object.keys(published?.data as object).sort()).toEqual(Object.keys(contract.example as object).sort());
    },
  );

  it('X-09: what a source said word for word is not published', () => {
    expect(golden.map((event) => JSON.stringify(publish(event)?.data ?? null)).join()).not.toContain('content');
  });
});
