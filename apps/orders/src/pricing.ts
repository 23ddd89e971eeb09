import { invalidField, Problem } from '@kontor/http';
import { currencyExponent, type Scaled } from '@kontor/kernel';
import {
  priceListAggregate,
  productAggregate,
  unitPriceOf,
  versionOn,
  type DraftLine,
  type PriceListState,
  type ProductRegistered,
} from '@kontor/orders-domain';
import type { ServiceRuntime } from '@kontor/service';
import { priceListOn } from './read-models/order-facts/order-facts.query.ts';

export interface RequestedLine {
  readonly productId: string;
  readonly quantity: Scaled;
  readonly unitPrice?: Scaled | undefined;
  readonly discountRate: number;
  readonly description?: string | undefined;
}

export interface PricingQuestion {
  readonly entityId: string;
  readonly currency: string;
  readonly column: string | null;
  readonly date: string;
  /** Undefined: the general list of the entity and currency on the date. */
  readonly priceListId: string | undefined;
}

/**
 * Lines with product facts and unit prices: a price that was stated, else that of the price list, else the list price of
 * the product. Products and the price list are folded from their streams, so they are never behind.
 */
export async function draftLines(
  runtime: ServiceRuntime,
  lines: readonly RequestedLine[],
  question: PricingQuestion,
): Promise<DraftLine[]> {
  const priceListId =
    question.priceListId ?? (await priceListOn(runtime.pool, question.entityId, question.currency, question.date));
  const priceList = await priceListFor(runtime, question, priceListId);
  const products = new Map<string, ProductRegistered['data'] | null>();
  for (const { productId } of lines)
    if (!products.has(productId))
      products.set(productId, (await runtime.runner.load(productAggregate, productId)).state.product);

  return lines.map((line, index) => {
    const product = products.get(line.productId) ?? null;
    if (product === null) throw invalidField(`lines.${index}.productId`, 'is no product of the catalogue');
    return {
      lineId: index + 1,
      productId: product.productId,
      sku: product.sku,
      description: line.description ?? product.name,
      quantity: line.quantity,
      discountRate: line.discountRate,
      serialTracked: product.serialTracked,
      warrantyMonths: product.warrantyMonths,
      warrantyStart: product.warrantyStart,
      ...priced(line, index, product, priceList, question),
    };
  });
}

function priced(
  line: RequestedLine,
  index: number,
  product: ProductRegistered['data'],
  priceList: PriceListState | undefined,
  question: PricingQuestion,
): Pick<DraftLine, 'unitPrice' | 'pricing'> {
  const { column, date, currency } = question;
  const inputs = { priceListId: null, priceListVersion: null, column, date };
  if (line.unitPrice !== undefined) return { unitPrice: line.unitPrice, pricing: { ...inputs, source: 'stated' } };

  const version = priceList === undefined ? undefined : versionOn(priceList, date);
  const listed =
    version && unitPriceOf(version, { productId: product.productId, column, quantity: line.quantity, date });
  if (version !== undefined && listed !== undefined)
    return {
      unitPrice: listed,
      pricing: {
        ...inputs,
        source: 'price-list',
        priceListId: version.priceListId,
        priceListVersion: version.version,
      },
    };
  if (product.listPrice?.currency === currency)
    return {
      unitPrice: { value: product.listPrice.amountMinor, scale: currencyExponent(currency) },
      pricing: { ...inputs, source: 'list-price' },
    };
  throw new Problem(422, 'PriceMissing', `There is no price of ${product.sku} in ${currency} on ${date}.`, {
    facts: { productId: product.productId, currency, date, column },
    errors: [{ field: `lines.${index}.unitPrice`, reason: 'must be given: no price list and no list price has one' }],
  });
}

async function priceListFor(
  runtime: ServiceRuntime,
  { currency, entityId, priceListId: asked }: PricingQuestion,
  priceListId: string | undefined,
): Promise<PriceListState | undefined> {
  if (priceListId === undefined) return undefined;
  const { state } = await runtime.runner.load(priceListAggregate, priceListId);
  const last = state.versions.at(-1);
  const fits = last !== undefined && last.currency === currency && last.entityId === entityId;
  if (!fits && asked !== undefined)
    throw invalidField('priceListId', `must be a price list of ${entityId} in ${currency}`);
  return state;
}
