import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { contracts, service } from '@kontor/accounts-contracts';

describe('what accounts publishes', () => {
  const ajv = new Ajv2020({ strict: true });
  formats.default.default(ajv);

  it.each(contracts.map((contract) => [contract.type, contract] as const))(
    'X-01: %s has an example that its schema accepts',
    (type, contract) => {
      expect(type.startsWith(`kontor.${service}.`)).toBe(true);
      const validate = ajv.compile(contract.schema);
      validate(contract.example);
      expect(validate.errors).toBeNull();
    },
  );

  it('X-01: names every contract once', () => {
    expect(new Set(contracts.map((contract) => contract.type)).size).toBe(contracts.length);
  });
});
