import type { Principal } from '@kontor/auth';
import { changed, created, entity, type HttpEnvelope, listFor, notFound } from '@kontor/http';
import { productAggregate } from '@kontor/orders-domain';
import { KONTOR_NAMESPACE, ServiceRuntime, uuidV5 } from '@kontor/service';
import { Injectable } from '@nestjs/common';
import { businessDateOf } from '../order-context.ts';
import { problems } from '../orders.problems.ts';
import { productListing, skuTakenBy } from '../read-models/product-catalogue/product-catalogue.query.ts';
import type { ChangeListPriceRequest, ProductQuery, RegisterProductRequest } from './product.requests.ts';

/** The id of a product registered by hand derives from its article number, so that one number is one product. */
function productIdOf(sku: string): string {
  return uuidV5(KONTOR_NAMESPACE, `product|${sku.toLowerCase()}`);
}

@Injectable()
export class ProductHandlers {
  constructor(private readonly runtime: ServiceRuntime) {}

  async register({ businessDate, ...request }: RegisterProductRequest, envelope: HttpEnvelope) {
    const productId = productIdOf(request.sku);
    const outcome = await this.runtime.runner.execute(
      productAggregate,
      productId,
      {
        ...request,
        type: 'RegisterProduct',
        productId,
        source: null,
        skuTakenBy: await skuTakenBy(this.runtime.pool, request.sku, productId),
        businessDate: businessDateOf(this.runtime, 'main', businessDate),
      },
      envelope,
    );
    return created(outcome, problems, `/v1/products/${productId}`, {});
  }

  async changeListPrice(productId: string, { listPrice, ...request }: ChangeListPriceRequest, envelope: HttpEnvelope) {
    const businessDate = businessDateOf(this.runtime, 'main', request.businessDate);
    const outcome = await this.runtime.runner.execute(
      productAggregate,
      productId,
      { type: 'ChangeListPrice', productId, listPrice, source: null, businessDate },
      envelope,
    );
    return changed(outcome, problems);
  }

  async get(productId: string) {
    const { state, revision } = await this.runtime.runner.load(productAggregate, productId);
    if (state.product === null) throw notFound('product', productId);
    const { productId: id, ...product } = state.product;
    return entity(revision, { id, ...product });
  }

  list(query: ProductQuery, principal: Principal) {
    return listFor(this.runtime, principal, productListing, query);
  }
}
