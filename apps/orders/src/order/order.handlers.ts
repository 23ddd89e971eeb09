import type { Action, Principal } from '@kontor/auth';
import { Answer, changed, entity, type HttpEnvelope, listFor, notFound, requireAccount } from '@kontor/http';
import { orderAggregate, type Order, type OrderCommand } from '@kontor/orders-domain';
import { ServiceRuntime } from '@kontor/service';
import { Injectable } from '@nestjs/common';
import { withNumber } from '../document-numbers.ts';
import { businessDateOf, caughtUpFacts, mayRead, todayOf } from '../order-context.ts';
import { problems } from '../orders.problems.ts';
import { billingOf } from '../read-models/order-billing/order-billing.query.ts';
import { restrictionOf } from '../read-models/order-facts/order-facts.query.ts';
import { orderListing } from '../read-models/order-list/order-list.query.ts';
import { facetsDocument, orderDocument } from './order.document.ts';
import type { EndOrderRequest, OrderQuery, RecordDeliveryRequest, RetryCreditRequest } from './order.requests.ts';

@Injectable()
export class OrderHandlers {
  constructor(private readonly runtime: ServiceRuntime) {}

  async recordDelivery(id: string, request: RecordDeliveryRequest, envelope: HttpEnvelope) {
    const { runtime } = this;
    const { placed } = await this.mine(id, envelope, 'deliveries.write');
    const today = todayOf(runtime, placed.entityId);
    const businessDate = request.businessDate ?? today;
    const deliveryId = envelope.newId();
    const outcome = await withNumber(
      runtime,
      { kind: 'delivery', entityId: placed.entityId, documentId: deliveryId, businessDate },
      envelope,
      (number) =>
        runtime.runner.execute(
          orderAggregate,
          id,
          { type: 'RecordDelivery', deliveryId, number, lines: request.lines, businessDate, today },
          envelope,
        ),
    );
    const answer = changed(outcome, problems);
    const { state } = await runtime.runner.load(orderAggregate, id);
    const delivery = state.order?.deliveries.find((candidate) => candidate.deliveryId === deliveryId);
    return new Answer({ deliveryId, number: delivery?.number ?? null, ...answer.body }, 201, answer.headers);
  }

  async cancel(id: string, { reason, ...request }: EndOrderRequest, envelope: HttpEnvelope) {
    const businessDate = await this.dateOf(id, request.businessDate, envelope);
    return this.send(id, { type: 'CancelOrder', reason, businessDate }, envelope);
  }

  async closeShort(id: string, { reason, ...request }: EndOrderRequest, envelope: HttpEnvelope) {
    const businessDate = await this.dateOf(id, request.businessDate, envelope);
    return this.send(id, { type: 'CloseOrderShort', reason, businessDate }, envelope);
  }

  async reopen(
    id: string,
    { reason, ...request }: EndOrderRequest,
    consistentWith: string | undefined,
    envelope: HttpEnvelope,
  ) {
    await caughtUpFacts(this.runtime, consistentWith);
    const { placed } = await this.mine(id, envelope, 'orders.write');
    const restriction = await restrictionOf(this.runtime.pool, placed.accountId, placed.entityId);
    const businessDate = businessDateOf(this.runtime, placed.entityId, request.businessDate);
    return this.send(id, { type: 'ReopenOrder', reason, restriction, businessDate }, envelope);
  }

  async retryCredit(id: string, request: RetryCreditRequest, envelope: HttpEnvelope) {
    const businessDate = await this.dateOf(id, request.businessDate, envelope);
    return this.send(id, { type: 'RetryCredit', businessDate }, envelope);
  }

  async get(id: string, principal: Principal) {
    const { state, revision } = await this.runtime.runner.load(orderAggregate, id);
    const { order } = state;
    if (order === null || !(await mayRead(this.runtime, principal, 'orders.read', order.placed.accountId)))
      throw notFound('order', id);
    return entity(revision, orderDocument(order));
  }

  /** All four facets of every line. Billing and payment are receivables' to say, so they are as new as its feed. */
  async facets(id: string, consistentWith: string | undefined, principal: Principal) {
    const { order } = (await this.runtime.runner.load(orderAggregate, id)).state;
    if (order === null || !(await mayRead(this.runtime, principal, 'orders.read', order.placed.accountId)))
      throw notFound('order', id);
    await this.runtime.caughtUp('order_billing', consistentWith);
    const billing = await billingOf(this.runtime.pool, id);
    return facetsDocument(order, billing, await this.runtime.positions('order_billing'));
  }

  list(query: OrderQuery, principal: Principal) {
    return listFor(this.runtime, principal, orderListing, query);
  }

  private async send(id: string, command: OrderCommand, envelope: HttpEnvelope) {
    return changed(await this.runtime.runner.execute(orderAggregate, id, command, envelope), problems);
  }

  private async dateOf(id: string, date: string | undefined, envelope: HttpEnvelope): Promise<string> {
    return businessDateOf(this.runtime, (await this.mine(id, envelope, 'orders.write')).placed.entityId, date);
  }

  /** The order, if the caller may do this on its account. */
  private async mine(id: string, { principal }: HttpEnvelope, action: Action): Promise<Order> {
    const { order } = (await this.runtime.runner.load(orderAggregate, id)).state;
    if (order === null || !(await mayRead(this.runtime, principal, 'orders.read', order.placed.accountId)))
      throw notFound('order', id);
    await requireAccount(this.runtime.access, { principal }, action, 'orders.read', order.placed.accountId);
    return order;
  }
}
