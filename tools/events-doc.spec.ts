import { describe, expect, it } from '@jest/globals';
import { contractFaults, eventsDocument } from './events-doc.mjs';

const orderPlaced = {
  type: 'kontor.orders.order-placed.v1',
  description: 'A customer ordered.',
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['orderId', 'lines'],
    properties: {
      orderId: { type: 'string', format: 'uuid', description: 'The order.' },
      lines: {
        type: 'array',
        items: { type: 'object', properties: { quantity: { type: ['integer', 'null'] } }, required: ['quantity'] },
      },
      channel: { enum: ['web', 'phone'], description: 'How | where.' },
    },
  },
  example: { orderId: '0b5f5a2e-6b0e-4d0e-9f37-0c0f1d2e3a4b', lines: [{ quantity: 2 }] },
};

describe('a contract', () => {
  it('has no fault when its name, description, schema and example agree', () => {
    expect(contractFaults('orders', [orderPlaced])).toEqual([]);
  });

  it('is refused when its example does not fit its schema', () => {
    const misfit = { ...orderPlaced, example: { orderId: 'seven', lines: [] } };
    expect(contractFaults('orders', [misfit])).toEqual([
      'the example of kontor.orders.order-placed.v1 does not fit: data/orderId must match format "uuid"',
    ]);
  });

  it('is refused under the name of another service, twice, and without a description', () => {
    expect(contractFaults('accounts', [orderPlaced, { ...orderPlaced, description: ' ' }])).toEqual([
      'kontor.orders.order-placed.v1 is not named kontor.accounts.<event>.v<N>',
      'kontor.orders.order-placed.v1 is not named kontor.accounts.<event>.v<N>',
      'kontor.orders.order-placed.v1 is there twice',
      'kontor.orders.order-placed.v1 has no description',
    ]);
  });

  it('is refused when its schema is none', () => {
    const broken = { ...orderPlaced, schema: { type: 'thing' } };
    expect(contractFaults('orders', [broken])).toEqual([expect.stringContaining('the schema of kontor.orders')]);
  });
});

describe('the events document', () => {
  it('shows the fields, those of lists under their path, and the example', () => {
    const text = eventsDocument([
      { context: 'orders', contracts: [orderPlaced] },
      { context: 'warranty', contracts: [] },
    ]);
    expect(text.split('\n').slice(6)).toEqual([
      '## orders',
      '',
      '### `kontor.orders.order-placed.v1`',
      '',
      'A customer ordered.',
      '',
      '| field | type | meaning |',
      '| --- | --- | --- |',
      '| `orderId` | string (uuid) | The order. |',
      '| `lines` | list of object |  |',
      '| `lines[].quantity` | integer or null |  |',
      '| `channel` (optional) | `"web"` or `"phone"` | How \\| where. |',
      '',
      '```json',
      ...JSON.stringify(orderPlaced.example, undefined, 2).split('\n'),
      '```',
      '',
      '## warranty',
      '',
      'Publishes nothing.',
      '',
    ]);
  });
});
