import { accept, refuse, type Decider } from '@kontor/kernel';
import { millionths } from '../lines/quantity.ts';
import type { ListedPrice, PriceListCommand } from './price-list.commands.ts';
import type { PriceListEvent } from './price-list.events.ts';
import { noPriceList, type PriceListState } from './price-list.state.ts';

export const priceListDecider: Decider<PriceListState, PriceListCommand, PriceListEvent> = {
  initial: noPriceList,

  evolve: {
    PriceListPublished: (state, data) => ({ versions: [...state.versions, data] }),
  },

  decide: {
    PublishPriceList: (command, state) => {
      const last = state.versions.at(-1);
      if (last !== undefined && (last.currency !== command.currency || last.entityId !== command.entityId))
        return refuse(
          'PriceListIsAnother',
          'A price list keeps its currency and its legal entity; make another list.',
          {
            currency: last.currency,
            entityId: last.entityId,
          },
        );
      if (command.prices.length === 0) return refuse('PricesMissing', 'The price list has no price.');
      if (command.validTo !== null && command.validTo < command.validFrom)
        return refuse('ValidityEndsBeforeItBegins', 'The last day lies before the first.', {
          validFrom: command.validFrom,
          validTo: command.validTo,
        });
      const twice = firstRepeated(command.prices);
      if (twice !== undefined)
        return refuse('PriceRepeated', 'A product has two prices for one column and quantity.', {
          productId: twice.productId,
          column: twice.column,
          fromQuantity: { ...twice.fromQuantity },
        });
      const { type: _type, ...data } = command;
      return accept({ type: 'PriceListPublished', data: { ...data, version: (last?.version ?? 0) + 1 } });
    },
  },
};

function firstRepeated(prices: readonly ListedPrice[]): ListedPrice | undefined {
  const seen = new Set<string>();
  return prices.find((price) => {
    const key = JSON.stringify([price.productId, price.column, millionths(price.fromQuantity)]);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}
