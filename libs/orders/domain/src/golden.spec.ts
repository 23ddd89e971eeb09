import { describe, expect, it } from '@jest/globals';
import { evolve, type Aggregate, type DomainCommand, type DomainEvent, type StoredData } from '@kontor/kernel';
import { existsSync, readFileSync } from 'node:fs';
import { numberRangeAggregate } from './number-range/number-range.ts';
import * as numberRange from './number-range/number-range.scenarios.ts';
import { orderAggregate } from './order/order.codec.ts';
import * as order from './order/order.scenarios.ts';
import { priceListAggregate } from './price-list/price-list.codec.ts';
import * as priceList from './price-list/price-list.scenarios.ts';
import { productAggregate } from './product/product.codec.ts';
import * as product from './product/product.scenarios.ts';
import { quoteAggregate } from './quote/quote.codec.ts';
import * as quote from './quote/quote.scenarios.ts';

// A golden file is what a version of an event looked like when it was first stored. It is never edited: where one no
// longer fits, the event needs a new version and an upcast.

/** Every version of every event has its file; upcast to the current version it is the scenario's event, and folds. */
function holds<State, Command extends DomainCommand, Event extends DomainEvent>(
  folder: string,
  aggregate: Aggregate<State, Command, Event>,
  scenarios: { readonly [name: string]: unknown },
): void {
  const types = Object.keys(aggregate.codec.events) as Event['type'][];
  it(`X-01: fault row 15: every event of ${aggregate.category} has a golden file for each of its versions, and reads it`, () => {
    for (const type of types) {
      const codec = aggregate.codec.events[type];
      const current = Object.values(scenarios).find((value) => (value as Event).type === type) as Event | undefined;
      for (let version = 1; version <= codec.version; version += 1) {
        const file = new URL(`./${folder}/golden/${kebab(type)}.v${version}.json`, import.meta.url);
        expect(existsSync(file) ? '' : `missing: ${file.pathname}`).toBe('');
        let data = JSON.parse(readFileSync(file, 'utf8')) as StoredData;
        for (let from = version; from < codec.version; from += 1) data = codec.upcasts?.[from]?.(data) ?? {};
        expect({ type, data }).toEqual(current);
        const state = evolve(aggregate.decider, aggregate.decider.initial, { type, data } as unknown as Event);
        // What an event lacked would show as a field that JSON drops.
        expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      }
    }
  });
}

function kebab(type: string): string {
  return type.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase();
}

describe('golden files', () => {
  holds('product', productAggregate, product);
  holds('price-list', priceListAggregate, priceList);
  holds('quote', quoteAggregate, quote);
  holds('order', orderAggregate, order);
  holds('number-range', numberRangeAggregate, numberRange);
});
