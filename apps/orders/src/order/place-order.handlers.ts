import { accepted, created, type HttpEnvelope, notFound } from '@kontor/http';
import { orderAggregate, placeOrderOf, quoteAggregate } from '@kontor/orders-domain';
import { ServiceRuntime } from '@kontor/service';
import { Injectable } from '@nestjs/common';
import { withNumber } from '../document-numbers.ts';
import { accountFor, businessDateOf, caughtUpFacts, mayRead } from '../order-context.ts';
import { problems } from '../orders.problems.ts';
import { draftLines } from '../pricing.ts';
import { restrictionOf, termsOn } from '../read-models/order-facts/order-facts.query.ts';
import {
  directOrder,
  quotedOrder,
  type DirectOrder,
  type PlaceOrderRequest,
  type QuotedOrder,
} from './order.requests.ts';

@Injectable()
export class PlaceOrderHandlers {
  constructor(private readonly runtime: ServiceRuntime) {}

  async place(request: PlaceOrderRequest, consistentWith: string | undefined, envelope: HttpEnvelope) {
    await caughtUpFacts(this.runtime, consistentWith);
    const quoted = quotedOrder(request);
    return quoted === undefined
      ? this.placeDirect(directOrder(request), envelope)
      : this.placeFromQuote(quoted, envelope);
  }

  private async placeDirect(request: DirectOrder, envelope: HttpEnvelope) {
    const { runtime } = this;
    const { accountId, entityId } = request;
    const businessDate = businessDateOf(runtime, entityId, request.businessDate);
    const account = await accountFor(runtime, envelope.principal, 'orders.write', 'orders.read', accountId);
    const currency = request.currency ?? account.currency ?? runtime.entities.find(entityId)?.baseCurrency ?? 'EUR';
    const { priceColumn, ...terms } = await termsOn(runtime.pool, accountId, entityId, businessDate);
    const restriction = await restrictionOf(runtime.pool, accountId, entityId);
    const lines = await draftLines(runtime, request.lines, {
      entityId,
      currency,
      column: priceColumn,
      date: businessDate,
      priceListId: request.priceListId,
    });
    const orderId = envelope.newId();
    const outcome = await withNumber(
      runtime,
      { kind: 'order', entityId, documentId: orderId, businessDate },
      envelope,
      (number) =>
        runtime.runner.execute(
          orderAggregate,
          orderId,
          {
            type: 'PlaceOrder',
            orderId,
            number,
            entityId,
            accountId,
            quoteId: null,
            quoteVersion: null,
            opportunityId: request.opportunityId ?? null,
            currency,
            lines,
            promisedDate: request.promisedDate ?? null,
            ...terms,
            restriction,
            externalId: request.externalId ?? null,
            source: null,
            businessDate,
          },
          envelope,
        ),
    );
    return created(outcome, problems, `/v1/orders/${orderId}`, { number: await this.numberOf(orderId) });
  }

  /**
   * Two streams: the quote gives the quantities away first, and its event carries the whole order; then the order is placed
   * from it. Cut off in between, the process OrderFromQuote places it, or the repeated request does.
   */
  private async placeFromQuote(request: QuotedOrder, envelope: HttpEnvelope) {
    const { runtime } = this;
    const { quoteId, quoteVersion } = request;
    const last = (await runtime.runner.load(quoteAggregate, quoteId)).state.versions.at(-1);
    if (last === undefined || !(await mayRead(runtime, envelope.principal, 'quotes.read', last.issued.accountId)))
      throw notFound('quote', quoteId);
    const { accountId, entityId } = last.issued;
    await accountFor(runtime, envelope.principal, 'orders.write', 'orders.read', accountId);
    const businessDate = businessDateOf(runtime, entityId, request.businessDate);
    const { priceColumn: _priceColumn, ...terms } = await termsOn(runtime.pool, accountId, entityId, businessDate);
    const restriction = await restrictionOf(runtime.pool, accountId, entityId);
    const orderId = envelope.newId();
    const taken = await withNumber(
      runtime,
      { kind: 'order', entityId, documentId: orderId, businessDate },
      envelope,
      (orderNumber) =>
        runtime.runner.execute(
          quoteAggregate,
          quoteId,
          {
            type: 'OrderQuote',
            version: quoteVersion,
            orderId,
            orderNumber,
            lines: request.lines ?? null,
            promisedDate: request.promisedDate ?? null,
            ...terms,
            restriction,
            businessDate,
          },
          envelope,
        ),
    );
    accepted(taken, problems);
    const { state } = await runtime.runner.load(quoteAggregate, quoteId);
    const ordered = state.orders.find((order) => order.orderId === orderId);
    if (ordered === undefined) throw new Error(`quote ${quoteId} took no quantities for order ${orderId}`);
    const outcome = await runtime.runner.execute(
      orderAggregate,
      orderId,
      placeOrderOf(ordered),
      envelope.step('place-order'),
    );
    return created(outcome, problems, `/v1/orders/${orderId}`, { number: ordered.orderNumber });
  }

  private async numberOf(orderId: string): Promise<string | null> {
    const { state } = await this.runtime.runner.load(orderAggregate, orderId);
    return state.order?.placed.number ?? null;
  }
}
