import { describe, expect, it } from '@jest/globals';
import { defineAggregate } from './aggregate.ts';
import { defineCodec } from './codec.ts';
import { defineContract } from './contract.ts';
import * as schema from './schema.ts';

describe('X-01: schemas of published events', () => {
  it.each([
    ['text', schema.text(), { type: 'string' }],
    ['uuid', schema.uuid(), { type: 'string', format: 'uuid' }],
    ['date', schema.date(), { type: 'string', format: 'date' }],
    ['instant', schema.instant(), { type: 'string', format: 'date-time' }],
    ['integer', schema.integer(), { type: 'integer' }],
    ['flag', schema.flag(), { type: 'boolean' }],
    ['oneOf', schema.oneOf(['a', 'b']), { type: 'string', enum: ['a', 'b'] }],
    ['nullable', schema.nullable(schema.flag()), { anyOf: [{ type: 'boolean' }, { type: 'null' }] }],
    ['list', schema.list(schema.integer()), { type: 'array', items: { type: 'integer' } }],
    ['record', schema.record(schema.text()), { type: 'object', additionalProperties: { type: 'string' } }],
  ])('%s is what JSON Schema says for it', (_name, { json, ...rest }, expected) => {
    expect(json).toEqual(expected);
    expect(rest).toEqual({});
  });

  it('carry what they are described with', () => {
    const described = [
      schema.text('why'),
      schema.uuid('why'),
      schema.date('why'),
      schema.instant('why'),
      schema.integer('why'),
      schema.flag('why'),
      schema.oneOf(['a'], 'why'),
      schema.list(schema.flag(), 'why'),
      schema.object({}, 'why'),
      schema.sealedText('why'),
    ];
    expect(described.map(({ json }) => json['description'])).toEqual(described.map(() => 'why'));
    expect(Object.keys(schema.text().json)).toEqual(['type']);
  });

  it('an object requires its fields, the optional ones excepted, and lets others be', () => {
    const { json } = schema.object({ a: schema.text(), b: schema.optional(schema.integer('minor units')) });
    expect(json).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'integer', description: 'minor units' } },
      required: ['a'],
    });
    expect(schema.optional(schema.flag())).toEqual({ json: { type: 'boolean' }, optional: true });
  });

  it('money and scaled numbers say their units', () => {
    expect(schema.moneySchema.json).toEqual({
      type: 'object',
      properties: {
        amountMinor: { type: 'integer', description: 'minor units' },
        currency: { type: 'string', description: 'ISO 4217' },
      },
      required: ['amountMinor', 'currency'],
    });
    expect(schema.scaledSchema.json).toEqual({
      type: 'object',
      properties: { value: { type: 'integer' }, scale: { type: 'integer', description: '0 to 6 decimal places' } },
      required: ['value', 'scale'],
    });
  });

  it('X-08: a personal field is sealed or empty, never plain', () => {
    expect(schema.sealedText().json).toEqual({
      anyOf: [
        {
          type: 'object',
          properties: { sealed: { type: 'string' }, subject: { type: 'string' } },
          required: ['sealed', 'subject'],
        },
        { type: 'null' },
      ],
    });
  });

  it('a contract is named by service, event and version, in its type as in its schema', () => {
    const example = { paid: true };
    expect(
      defineContract('orders', 'order-paid', 2, 'Money came.', schema.object({ paid: schema.flag() }), example),
    ).toEqual({
      type: 'kontor.orders.order-paid.v2',
      service: 'orders',
      description: 'Money came.',
      schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'urn:kontor:orders.order-paid.v2',
        type: 'object',
        properties: { paid: { type: 'boolean' } },
        required: ['paid'],
      },
      example,
    });
  });

  it('definitions give back what they were given', () => {
    const codec = defineCodec('orders', { OrderPaid: { version: 1 } });
    expect(codec).toEqual({ context: 'orders', events: { OrderPaid: { version: 1 } } });
    const aggregate = { category: 'order', codec, decider: { initial: null, evolve: {}, decide: {} } };
    expect(defineAggregate(aggregate)).toBe(aggregate);
  });
});
