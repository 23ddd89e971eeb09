import { describe, expect, it } from '@jest/globals';
import { lineAmount } from '@kontor/kernel';
import { exampleLine } from './lines.ts';
import { contracts, service } from './index.ts';

/** The fields of an example against the fields of its schema, both ways and at every depth. */
function mismatches(json: unknown, value: unknown, path: string): string[] {
  const schema = json as {
    anyOf?: unknown[];
    type?: string;
    properties?: Record<string, unknown>;
    items?: unknown;
    enum?: unknown[];
  };
  if (schema.anyOf !== undefined) return value === null ? [] : mismatches(schema.anyOf[0], value, path);
  if (schema.type === 'object') {
    const fields = value as Record<string, unknown>;
    const names = new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(fields)]);
    return [...names].flatMap((name) => {
      const inner = schema.properties?.[name];
      if (inner === undefined || !(name in fields)) return [`${path}.${name}`];
      return mismatches(inner, fields[name], `${path}.${name}`);
    });
  }
  if (schema.type === 'array')
    return (value as unknown[]).flatMap((item, index) => mismatches(schema.items, item, `${path}[${index}]`));
  if (schema.enum !== undefined) return schema.enum.includes(value) ? [] : [path];
  const type = schema.type === 'integer' ? 'number' : schema.type;
  return typeof value === type ? [] : [path];
}

describe('contracts of orders', () => {
  it('X-01: every contract names its service and version, and no two share a type', () => {
    expect(contracts.map((contract) => contract.type)).toEqual([
      ...new Set(contracts.map((contract) => contract.type)),
    ]);
    for (const contract of contracts) {
      expect(contract.service).toBe(service);
      expect(contract.type).toMatch(/^kontor\.orders\.[a-z-]+\.v\d+$/);
    }
  });

  it('X-01: every example has exactly the fields of its schema', () => {
    for (const contract of contracts) expect(mismatches(contract.schema, contract.example, contract.type)).toEqual([]);
  });

  it('O-01: no contract has a field of cost or margin', () => {
    expect(JSON.stringify(contracts.map((contract) => contract.schema))).not.toMatch(/"[a-z]*(cost|margin)[a-z]*":/i);
  });

  it('the line of the examples is priced by the rule of every line', () => {
    expect(lineAmount(exampleLine.unitPrice, exampleLine.quantity, 'USD', exampleLine.discountRate)).toEqual({
      amountMinor: exampleLine.amountMinor,
      currency: 'USD',
    });
  });
});
