import type { Principal } from '@kontor/auth';
import { changed, created, entity, type HttpEnvelope, listFor, notFound, requireAccount } from '@kontor/http';
import { quoteAggregate, type QuoteCommand, type QuoteVersion } from '@kontor/orders-domain';
import { ServiceRuntime } from '@kontor/service';
import { Injectable } from '@nestjs/common';
import { withNumber } from '../document-numbers.ts';
import { accountFor, businessDateOf, caughtUpFacts, mayRead } from '../order-context.ts';
import { problems } from '../orders.problems.ts';
import { draftLines } from '../pricing.ts';
import { termsOn } from '../read-models/order-facts/order-facts.query.ts';
import { quoteListing } from '../read-models/quote-list/quote-list.query.ts';
import { endOfDay } from './end-of-day.ts';
import type {
  AcceptQuoteRequest,
  DeclineQuoteRequest,
  IssueQuoteRequest,
  QuoteQuery,
  ReviseQuoteRequest,
  SendQuoteRequest,
} from './quote.requests.ts';
import { quoteDocument } from './quote.document.ts';

@Injectable()
export class QuoteHandlers {
  constructor(private readonly runtime: ServiceRuntime) {}

  async issue(request: IssueQuoteRequest, consistentWith: string | undefined, envelope: HttpEnvelope) {
    const { runtime } = this;
    const { accountId, entityId, validUntil, opportunityId } = request;
    const date = businessDateOf(runtime, entityId, request.businessDate);
    await caughtUpFacts(runtime, consistentWith);
    const account = await accountFor(runtime, envelope.principal, 'quotes.write', 'quotes.read', accountId);
    const currency = request.currency ?? account.currency ?? runtime.entities.find(entityId)?.baseCurrency ?? 'EUR';
    const { priceColumn: column } = await termsOn(runtime.pool, accountId, entityId, date);
    const { priceListId } = request;
    const lines = await draftLines(runtime, request.lines, { entityId, currency, column, date, priceListId });
    const quoteId = envelope.newId();
    const outcome = await withNumber(
      runtime,
      { kind: 'quote', entityId, documentId: quoteId, businessDate: date },
      envelope,
      (number) =>
        runtime.runner.execute(
          quoteAggregate,
          quoteId,
          {
            type: 'IssueQuote',
            quoteId,
            number,
            entityId,
            accountId,
            opportunityId,
            currency,
            lines,
            validUntil,
            expiresAt: endOfDay(runtime.entities, entityId, validUntil),
            businessDate: date,
          },
          envelope,
        ),
    );
    const { state } = await runtime.runner.load(quoteAggregate, quoteId);
    const number = state.versions.at(-1)?.issued.number ?? null;
    return created(outcome, problems, `/v1/quotes/${quoteId}`, { number, version: 1 });
  }

  async revise(id: string, request: ReviseQuoteRequest, consistentWith: string | undefined, envelope: HttpEnvelope) {
    const { runtime } = this;
    await caughtUpFacts(runtime, consistentWith);
    const { accountId, entityId, currency } = (await this.mine(id, envelope)).issued;
    const date = businessDateOf(runtime, entityId, request.businessDate);
    const { priceColumn: column } = await termsOn(runtime.pool, accountId, entityId, date);
    const { priceListId } = request;
    const lines = await draftLines(runtime, request.lines, { entityId, currency, column, date, priceListId });
    return this.send(id, envelope, {
      type: 'ReviseQuote',
      quoteId: id,
      lines,
      validUntil: request.validUntil,
      expiresAt: endOfDay(runtime.entities, entityId, request.validUntil),
      businessDate: date,
    });
  }

  async sendOut(id: string, { version, channel, ...request }: SendQuoteRequest, envelope: HttpEnvelope) {
    const businessDate = await this.dateOf(id, request.businessDate, envelope);
    return this.send(id, envelope, { type: 'SendQuote', version, channel, businessDate });
  }

  async accept(id: string, { version, evidence, ...request }: AcceptQuoteRequest, envelope: HttpEnvelope) {
    const businessDate = await this.dateOf(id, request.businessDate, envelope);
    return this.send(id, envelope, { type: 'AcceptQuote', version, evidence, businessDate });
  }

  async decline(id: string, { version, reason, ...request }: DeclineQuoteRequest, envelope: HttpEnvelope) {
    const businessDate = await this.dateOf(id, request.businessDate, envelope);
    return this.send(id, envelope, { type: 'DeclineQuote', version, reason, businessDate });
  }

  async get(id: string, principal: Principal) {
    const { state, revision } = await this.runtime.runner.load(quoteAggregate, id);
    const last = state.versions.at(-1);
    if (last === undefined || !(await mayRead(this.runtime, principal, 'quotes.read', last.issued.accountId)))
      throw notFound('quote', id);
    return entity(revision, quoteDocument(state, last));
  }

  list(query: QuoteQuery, principal: Principal) {
    return listFor(this.runtime, principal, quoteListing, query);
  }

  private async send(id: string, envelope: HttpEnvelope, command: QuoteCommand) {
    const outcome = await this.runtime.runner.execute(quoteAggregate, id, command, envelope);
    return changed(outcome, problems, await this.versionOf(id));
  }

  private async versionOf(id: string): Promise<{ version: number }> {
    const { state } = await this.runtime.runner.load(quoteAggregate, id);
    return { version: state.versions.at(-1)?.issued.version ?? 0 };
  }

  private async dateOf(id: string, date: string | undefined, envelope: HttpEnvelope): Promise<string> {
    return businessDateOf(this.runtime, (await this.mine(id, envelope)).issued.entityId, date);
  }

  /** The version issued last, if the caller may write on the account. */
  private async mine(id: string, { principal }: HttpEnvelope): Promise<QuoteVersion> {
    const { state } = await this.runtime.runner.load(quoteAggregate, id);
    const last = state.versions.at(-1);
    if (last === undefined || !(await mayRead(this.runtime, principal, 'quotes.read', last.issued.accountId)))
      throw notFound('quote', id);
    await requireAccount(this.runtime.access, { principal }, 'quotes.write', 'quotes.read', last.issued.accountId);
    return last;
  }
}
