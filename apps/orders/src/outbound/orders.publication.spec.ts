import { describe, expect, it } from '@jest/globals';
import { contracts } from '@kontor/orders-contracts';
import {
  numberRangeAggregate,
  orderAggregate,
  priceListAggregate,
  productAggregate,
  quoteAggregate,
} from '@kontor/orders-domain';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { ordersPublication } from './orders.publication.ts';

const DOMAIN = new URL('../../../../libs/orders/domain/src/', import.meta.url);
const aggregates = [productAggregate, priceListAggregate, quoteAggregate, orderAggregate, numberRangeAggregate];
const ajv = new Ajv2020({ strict: true });
formats.default.default(ajv);

/** Every event as the golden files hold it. */
const stored = ['product', 'price-list', 'quote', 'order', 'number-range'].flatMap((folder) => {
  const golden = new URL(`${folder}/golden/`, DOMAIN);
  return readdirSync(golden).map((file) => ({
    type: file
      .replace(/\.v\d+\.json$/, '')
      .replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase()),
    data: JSON.parse(readFileSync(new URL(file, golden), 'utf8')) as { readonly [field: string]: unknown },
  }));
});
const published = stored.map((event) => ({
  event,
  contract: ordersPublication.publish({ ...event, stored: {} as never }),
}));

describe('what orders publishes', () => {
  it('X-01: knows every event, by its stored name', () => {
    const types = aggregates.flatMap((aggregate) => Object.keys(aggregate.codec.events));
    expect(stored.map((event) => event.type).sort()).toEqual(types.sort());
  });

  it('X-01: every event but the inner ones becomes a contract that its schema accepts', () => {
    const inside = published.filter(({ contract }) => contract === undefined).map(({ event }) => event.type);
    expect(inside.sort()).toEqual(['CreditAnswerDisregarded', 'NumberAssigned', 'QuoteExpiryDisregarded']);
    for (const { contract } of published) {
      if (contract === undefined) continue;
      const definition = contracts.find((candidate) => candidate.type === contract.contract);
      const validate = ajv.compile(definition?.schema ?? false);
      validate(contract.data);
      expect({ contract: contract.contract, errors: validate.errors }).toEqual({
        contract: contract.contract,
        errors: null,
      });
      expect(Object.keys(contract.data as object).sort()).toEqual(Object.keys(definition?.example as object).sort());
    }
  });

  it('X-01: every contract is published by some event', () => {
    expect([...new Set(published.flatMap(({ contract }) => contract?.contract ?? []))].sort()).toEqual(
      contracts.map((contract) => contract.type).sort(),
    );
  });
});
