import { identityOfName, importedName } from '@kontor/accounts-contracts';
import type { HttpEnvelope } from '@kontor/http';
import { currencyExponent, decide, isCurrency } from '@kontor/kernel';
import { productAggregate, type ProductCommand, type ProductRegistered } from '@kontor/orders-domain';
import { KONTOR_NAMESPACE, ServiceRuntime, uuidV5 } from '@kontor/service';
import { Injectable } from '@nestjs/common';
import { skuTakenBy } from '../read-models/product-catalogue/product-catalogue.query.ts';
import type { ImportProductsRequest } from './product.requests.ts';

export interface RowResult {
  readonly line: number;
  readonly outcome: 'accepted' | 'already-known' | 'rejected';
  readonly code?: string;
  readonly field?: string;
  readonly sentence?: string;
}

type ImportedRow = ImportProductsRequest['rows'][number];
type Planned = { readonly step: string; readonly command: ProductCommand } | RowResult;

const PRICE = /^\d{1,12}(\.\d+)?$/;
const MAX_NAME_LENGTH = 200;

/** Products of the CRM: known by name alone, so spaces and case do not make another product. */
@Injectable()
export class ProductImport {
  constructor(private readonly runtime: ServiceRuntime) {}

  async run(request: ImportProductsRequest, envelope: HttpEnvelope): Promise<{ rows: RowResult[] }> {
    const rows: RowResult[] = [];
    // One after the other: two rows of one call may mean the same product.
    for (const row of request.rows) rows.push(await this.importRow(row, request, envelope));
    return { rows };
  }

  private async importRow(
    row: ImportedRow,
    request: ImportProductsRequest,
    envelope: HttpEnvelope,
  ): Promise<RowResult> {
    const identity = identityOfName(row.product);
    const productId = uuidV5(KONTOR_NAMESPACE, importedName('crm', 'product', identity));
    const { state } = await this.runtime.runner.load(productAggregate, productId);
    const planned =
      state.product === null
        ? await this.registration(row, identity, productId, request)
        : this.comparison(row, state.product, request);
    if ('outcome' in planned) return planned;

    if (request.dryRun) {
      const decision = decide(productAggregate.decider, planned.command, state);
      return decision.kind === 'accepted' ? accepted(row) : rejected(row, decision.refusal);
    }
    const outcome = await this.runtime.runner.execute(productAggregate, productId, planned.command, {
      commandId: uuidV5(productId, planned.step),
      requestHash: '',
      actor: envelope.actor,
      origin: 'import',
      correlationId: request.runId,
      causationId: envelope.commandId,
      occurredAt: `${request.date}T00:00:00.000Z`,
    });
    return outcome.kind === 'accepted' ? accepted(row) : rejected(row, outcome.refusal);
  }

  private async registration(
    row: ImportedRow,
    identity: string,
    productId: string,
    request: ImportProductsRequest,
  ): Promise<Planned> {
    const name = row.product.trim();
    if (identity === '' || name.length > MAX_NAME_LENGTH)
      return faulty(row, 'product', `a name of 1 to ${MAX_NAME_LENGTH} characters`);
    const listPrice = priceOf(row, request.currency);
    if (listPrice === undefined) return faulty(row, 'sales_price', `an amount in ${request.currency}`);
    return {
      step: 'register',
      command: {
        type: 'RegisterProduct',
        productId,
        sku: name,
        name,
        kind: 'goods',
        classification: row.series.trim() === '' ? null : row.series.trim(),
        serialTracked: false,
        warrantyMonths: null,
        warrantyStart: 'delivery',
        listPrice,
        externalId: identity,
        source: { system: 'crm', identity, content: contentOf(row) },
        skuTakenBy: await skuTakenBy(this.runtime.pool, name, productId),
        businessDate: request.date,
      },
    };
  }

  /** Same content: known. Other content: another list price is a legal next step, if it is asked for; nothing else is. */
  private comparison(row: ImportedRow, product: ProductRegistered['data'], request: ImportProductsRequest): Planned {
    const content = contentOf(row);
    const known = product.source?.content ?? {};
    const differing = Object.entries(content).flatMap(([field, text]) => (known[field] === text ? [] : [field]));
    if (differing.length === 0) return { line: row.line, outcome: 'already-known' };
    const listPrice = priceOf(row, request.currency);
    const onlyPrice = differing.every((field) => field === 'sales_price');
    if (!request.update || !onlyPrice || listPrice === undefined)
      return {
        line: row.line,
        outcome: 'rejected',
        code: 'DiffersFromKnown',
        field: differing.join(', '),
        sentence: `It is known already, with other content in ${differing.join(', ')}.`,
      };
    return {
      step: `list-price|${request.runId}|${row.line}`,
      command: {
        type: 'ChangeListPrice',
        productId: product.productId,
        listPrice,
        source: { system: 'crm', identity: product.source?.identity ?? '', content },
        businessDate: request.date,
      },
    };
  }
}

function contentOf({ product, series, sales_price }: ImportedRow) {
  return { product, series, sales_price };
}

/** Plain decimals: no grouping, no sign. More places than the currency has are refused unless they are zeros. */
function priceOf({ sales_price }: ImportedRow, currency: string) {
  const text = sales_price.trim();
  if (!isCurrency(currency) || !PRICE.test(text)) return undefined;
  const exponent = currencyExponent(currency);
  const [units = '', decimals = ''] = text.split('.');
  const places = decimals.replace(/0+$/, '');
  if (places.length > exponent) return undefined;
  const amountMinor = Number(units + places.padEnd(exponent, '0'));
  return Number.isSafeInteger(amountMinor) ? { amountMinor, currency } : undefined;
}

function accepted({ line }: ImportedRow): RowResult {
  return { line, outcome: 'accepted' };
}

function faulty({ line }: ImportedRow, field: string, what: string): RowResult {
  return { line, outcome: 'rejected', code: 'InvalidField', field, sentence: `${field} is not ${what}.` };
}

function rejected({ line }: ImportedRow, refusal: { readonly code: string; readonly sentence: string }): RowResult {
  return { line, outcome: 'rejected', code: refusal.code, sentence: refusal.sentence };
}
