import { expect, it } from '@jest/globals';
import { asyncApiDocument } from './asyncapi-doc.mjs';

const contract = {
  type: 'kontor.orders.order-placed.v1',
  description: 'An order was placed.',
  schema: { type: 'object', properties: { orderId: { type: 'string' } } },
  example: { orderId: 'o-1' },
};

it('X-01: has a channel for each topic, with its partitions, its contracts and its watermark', () => {
  const document = asyncApiDocument(
    [
      { context: 'orders', contracts: [contract] },
      { context: 'silent', contracts: [] },
    ],
    12,
  );
  expect(Object.keys(document.channels)).toEqual(['orders']);
  expect(document.channels.orders).toMatchObject({
    address: 'kontor.orders',
    messages: {
      'kontor.orders.order-placed.v1': { $ref: '#/components/messages/kontor.orders.order-placed.v1' },
      'kontor.feed.watermark.v1': { $ref: '#/components/messages/kontor.feed.watermark.v1' },
    },
    bindings: { kafka: { partitions: 12 } },
  });
  expect(document.components.messages['kontor.orders.order-placed.v1']).toMatchObject({
    payload: { schema: contract.schema },
    examples: [{ payload: { orderId: 'o-1' } }],
  });
  expect(document.operations['publish-orders']).toMatchObject({ channel: { $ref: '#/channels/orders' } });
});
