import type { Principal } from '@kontor/auth';
import { created, entity, type HttpEnvelope, listFor, notFound, ValidationProblem } from '@kontor/http';
import { priceListAggregate } from '@kontor/orders-domain';
import { ServiceRuntime } from '@kontor/service';
import { Injectable } from '@nestjs/common';
import { businessDateOf, caughtUpFacts } from '../order-context.ts';
import { problems } from '../orders.problems.ts';
import { unknownProducts } from '../read-models/product-catalogue/product-catalogue.query.ts';
import { priceListListing } from '../read-models/order-facts/price-list.query.ts';
import type { PriceListQuery, PublishPriceListRequest } from './price-list.requests.ts';

@Injectable()
export class PriceListHandlers {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** A new list, or the next version of the one that is named. */
  async publish(
    priceListId: string,
    { businessDate, ...request }: PublishPriceListRequest,
    consistentWith: string | undefined,
    envelope: HttpEnvelope,
  ) {
    await caughtUpFacts(this.runtime, consistentWith);
    await this.requireProducts(request);
    const outcome = await this.runtime.runner.execute(
      priceListAggregate,
      priceListId,
      {
        ...request,
        type: 'PublishPriceList',
        priceListId,
        businessDate: businessDateOf(this.runtime, request.entityId, businessDate),
      },
      envelope,
    );
    return created(outcome, problems, `/v1/price-lists/${priceListId}`, {});
  }

  async exists(priceListId: string): Promise<void> {
    const { revision } = await this.runtime.runner.load(priceListAggregate, priceListId);
    if (revision < 0n) throw notFound('price list', priceListId);
  }

  list(query: PriceListQuery, principal: Principal) {
    return listFor(this.runtime, principal, priceListListing, query);
  }

  async get(priceListId: string) {
    const { state, revision } = await this.runtime.runner.load(priceListAggregate, priceListId);
    const last = state.versions.at(-1);
    if (last === undefined) throw notFound('price list', priceListId);
    const { name, entityId, currency } = last;
    return entity(revision, { id: priceListId, name, entityId, currency, versions: state.versions });
  }

  private async requireProducts({ prices }: { readonly prices: PublishPriceListRequest['prices'] }): Promise<void> {
    const ids = [...new Set(prices.map((price) => price.productId))];
    let unknown = await unknownProducts(this.runtime.pool, ids);
    if (unknown.size > 0) {
      await this.runtime.caughtUpToHead('product_catalogue');
      unknown = await unknownProducts(this.runtime.pool, ids);
    }
    if (unknown.size === 0) return;
    throw new ValidationProblem(
      prices.flatMap((price, index) =>
        unknown.has(price.productId)
          ? [{ field: `prices.${index}.productId`, reason: 'is no product of the catalogue' }]
          : [],
      ),
    );
  }
}
