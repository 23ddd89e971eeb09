import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { incompatibilities } from './contract-compatibility.mjs';

type Json = { [keyword: string]: unknown };

const TYPE = 'kontor.orders.order-placed.v1';
const money = { type: 'object', properties: { amountMinor: { type: 'integer' } }, required: ['amountMinor'] };
const placed = {
  type: 'object',
  properties: {
    orderId: { type: 'string', format: 'uuid', description: 'The order.' },
    channel: { type: 'string', enum: ['web', 'phone'] },
    quoteId: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    note: { type: 'string' },
    lines: { type: 'array', items: { type: 'object', properties: { total: money }, required: ['total'] } },
    source: { type: 'object', additionalProperties: { type: 'string' } },
  },
  required: ['orderId', 'channel', 'quoteId', 'lines', 'source'],
};
const faults = (edit: (schema: typeof placed) => unknown) => {
  const now = structuredClone(placed);
  edit(now);
  return incompatibilities({ [TYPE]: placed }, { [TYPE]: now });
};

describe('a contract may within its version', () => {
  it('stay, and be joined by others', () => {
    expect(incompatibilities({ [TYPE]: placed }, { [TYPE]: placed, 'kontor.orders.new.v1': {} })).toEqual([]);
  });

  it('get optional fields, at any depth', () => {
    expect(faults(({ properties }) => Object.assign(properties, { region: { type: 'string' } }))).toEqual([]);
    expect(
      faults(({ properties }) => Object.assign(properties.lines.items.properties, { text: { type: 'string' } })),
    ).toEqual([]);
  });

  it('get other words and another order', () => {
    expect(
      faults((schema) => {
        Object.assign(schema, { description: 'Placed.', title: 'Order' });
        schema.properties.orderId.description = 'Another sentence.';
        schema.properties.channel.enum.reverse();
        schema.properties.quoteId.anyOf.reverse();
        schema.required.reverse();
      }),
    ).toEqual([]);
  });
});

describe('a contract may not within its version', () => {
  it('vanish', () => {
    expect(incompatibilities({ [TYPE]: placed }, {})).toEqual([
      `${TYPE} was released and is gone: consumers of it would wait for ever`,
    ]);
  });

  it.each<[string, (schema: typeof placed) => unknown, string]>([
    ['lose a field', ({ properties }) => Reflect.deleteProperty(properties, 'note'), 'note was released and is gone'],
    [
      'lose a field far inside',
      ({ properties }) => Reflect.deleteProperty(properties.lines.items.properties.total.properties, 'amountMinor'),
      'lines[].total.amountMinor was released and is gone',
    ],
    [
      'require a new field',
      (schema) => {
        Object.assign(schema.properties, { region: { type: 'string' } });
        schema.required.push('region');
      },
      'region is new and required: records of the last release lack it; make it optional',
    ],
    [
      'require an optional field',
      ({ required }) => required.push('note'),
      'note was optional and is required: records of the last release may lack it',
    ],
    [
      'make a required field optional',
      ({ required }) => required.splice(0, 1),
      'orderId was required and is optional: consumers count on it',
    ],
    [
      'change a type',
      ({ properties }) => (properties.lines.items.properties.total.properties.amountMinor.type = 'string'),
      'lines[].total.amountMinor had type "integer" and has "string"',
    ],
    [
      'change a format',
      ({ properties }) => (properties.orderId.format = 'uri'),
      'orderId had format "uuid" and has "uri"',
    ],
    [
      'drop a format',
      ({ properties }) => Reflect.deleteProperty(properties.orderId, 'format'),
      'orderId has lost its format "uuid"',
    ],
    [
      'add to an enum',
      ({ properties }) => properties.channel.enum.push('fax'),
      'channel had enum ["web","phone"] and has ["web","phone","fax"]',
    ],
    [
      'take from an enum',
      ({ properties }) => properties.channel.enum.pop(),
      'channel had enum ["web","phone"] and has ["web"]',
    ],
    [
      'forbid null',
      ({ properties }) => properties.quoteId.anyOf.pop(),
      'quoteId was one of [{"type":"string"},{"type":"null"}] and is one of [{"type":"string"}]',
    ],
    [
      'change what stands beside null',
      ({ properties }) => (properties.quoteId.anyOf = [{ type: 'integer' }, { type: 'null' }]),
      'quoteId had type "string" and has "integer"',
    ],
    [
      'allow null',
      ({ properties }) => Object.assign(properties, { note: { anyOf: [{ type: 'string' }, { type: 'null' }] } }),
      'note has lost its type "string"',
    ],
    [
      'get a limit',
      ({ properties }) => Object.assign(properties.note, { maxLength: 20 }),
      'note is narrowed by maxLength 20',
    ],
    [
      'change the values of a map',
      ({ properties }) => (properties.source.additionalProperties.type = 'integer'),
      'source.* had type "string" and has "integer"',
    ],
    [
      'name fields in a map',
      ({ properties }) => Object.assign(properties.source, { properties: { system: { type: 'string' } } }),
      'source.system is new where no other fields were allowed',
    ],
    ['be closed', (schema) => Object.assign(schema, { additionalProperties: false }), '* was anything and is false'],
    ['get a keyword that nobody here knows', (schema) => Object.assign(schema, { if: {} }), 'it is narrowed by if {}'],
  ])('%s', (_, edit, sentence) => {
    expect(faults(edit)[0]).toBe(`${TYPE}: ${sentence}`);
  });
});

/** Every schema in a schema, with the path of its field. */
function* inside(schema: Json, path = ''): Generator<[string, Json]> {
  yield [path, schema];
  for (const [name, field] of Object.entries((schema['properties'] ?? {}) as { [name: string]: Json }))
    yield* inside(field, path === '' ? name : `${path}.${name}`);
  if (schema['items'] !== undefined) yield* inside(schema['items'] as Json, `${path}[]`);
  for (const choice of (schema['anyOf'] ?? []) as Json[]) yield* inside(choice, path);
}

describe('what was released', () => {
  const folder = join(import.meta.dirname, '..', 'docs', 'contracts', 'released');
  const released = Object.assign(
    {},
    ...readdirSync(folder)
      .filter((file) => file.endsWith('.json') && file !== 'stored-events.json')
      .map((file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { contracts: object }).contracts),
  ) as { [type: string]: Json };
  const edits: readonly [string, (schema: Json) => boolean][] = [
    ['another type', (schema) => schema['type'] !== undefined && Reflect.set(schema, 'type', 'boolean')],
    ['a value more', (schema) => ((schema['enum'] as unknown[] | undefined)?.push('something else') ?? 0) > 0],
    ['a field less', (schema) => (Object.keys(schema['properties'] ?? {})[0] ?? '') !== '' && dropField(schema)],
    ['a required field less', (schema) => (schema['required'] as unknown[] | undefined)?.pop() !== undefined],
    ['a required field more', (schema) => schema['required'] !== undefined && addRequired(schema)],
  ];

  it('X-01: bites at every field of every contract, naming both', () => {
    let bites = 0;
    const missed: string[] = [];
    for (const [type, schema] of Object.entries(released))
      for (const [index, [path]] of [...inside(schema)].entries())
        for (const [what, edit] of edits) {
          const now = structuredClone(schema);
          const place = [...inside(now)][index]?.[1] ?? {};
          const before = JSON.stringify(place);
          if (!edit(place) || JSON.stringify(place) === before) continue;
          bites += 1;
          const [fault = ''] = incompatibilities({ [type]: schema }, { [type]: now });
          if (!fault.startsWith(`${type}: `) || !fault.slice(type.length).includes(path))
            missed.push(`${what} at ${type} ${path}: ${fault}`);
        }
    expect(missed).toEqual([]);
    expect(bites).toBeGreaterThan(1_000);
  });
});

function dropField(schema: Json): boolean {
  const fields = schema['properties'] as Json;
  return Reflect.deleteProperty(fields, Object.keys(fields)[0] ?? '');
}

function addRequired(schema: Json): boolean {
  Object.assign(schema['properties'] as Json, { somethingNew: { type: 'string' } });
  return (schema['required'] as unknown[]).push('somethingNew') > 0;
}
