import { divideHalfEven, scaledText } from './rounding.ts';

/** An amount in ISO 4217 minor units; amounts of different currencies are never added. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

/** Rates and probabilities are integers in 1/100 000: 10.15 % is 10150. */
export const RATE_ONE = 100_000;

export function money(amountMinor: number, currency: string): Money {
  return { amountMinor: exactInteger(BigInt(amountMinor)), currency };
}

export function addMoney(left: Money, right: Money): Money {
  if (left.currency !== right.currency)
    throw new RangeError(`amounts in ${left.currency} and ${right.currency} cannot be added`);
  return {
    amountMinor: exactInteger(BigInt(left.amountMinor) + BigInt(right.amountMinor)),
    currency: left.currency,
  };
}

/** `amountMinor × rate`, rounded once, half-even. `rate` is an integer in 1/100 000. */
export function applyRate(amountMinor: number, rate: number): number {
  return exactInteger(divideHalfEven(BigInt(amountMinor) * BigInt(rate), BigInt(RATE_ONE)));
}

/** An integer with a scale of 0 to 6 decimal places: `{ value: 12345, scale: 2 }` is 123.45. */
export interface Scaled {
  readonly value: number;
  readonly scale: number;
}

/**
 * Line amount = quantity × unit price × (1 − discount), in minor units, rounded once, half-even.
 * `unitPrice` is in major units of `currency`; `discountRate` in 1/100 000.
 */
export function lineAmount(unitPrice: Scaled, quantity: Scaled, currency: string, discountRate = 0): Money {
  const exponent = currencyExponent(currency);
  const numerator =
    BigInt(unitPrice.value) * BigInt(quantity.value) * BigInt(RATE_ONE - discountRate) * 10n ** BigInt(exponent);
  const denominator = 10n ** BigInt(unitPrice.scale + quantity.scale) * BigInt(RATE_ONE);
  return { amountMinor: exactInteger(divideHalfEven(numerator, denominator)), currency };
}

/**
 * Splits `totalMinor` in proportion to `weights` by largest remainder, ties by order: the parts sum to the whole.
 * Weights are integers ≥ 0 with a positive sum.
 */
export function allocateByWeights(totalMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (sum <= 0n || weights.some((weight) => weight < 0))
    throw new RangeError('weights must be integers of at least 0 with a positive sum');
  const negative = totalMinor < 0;
  const total = BigInt(Math.abs(totalMinor));
  const shares = weights.map((weight) => {
    const product = total * BigInt(weight);
    return { floor: product / sum, rest: product % sum };
  });
  let missing = total - shares.reduce((given, share) => given + share.floor, 0n);
  // Sorting is stable, so that of equal remainders the first stays first.
  const byRemainder = shares.toSorted((a, b) => Number(b.rest - a.rest));
  for (const share of byRemainder) {
    if (missing === 0n) break;
    share.floor += 1n;
    missing -= 1n;
  }
  return shares.map((share) => exactInteger(negative ? -share.floor : share.floor));
}

/** ISO 4217 exponent of a currency in use. Throws a RangeError for an unknown code: check with `isCurrency` first. */
export function currencyExponent(currency: string): number {
  if (!isCurrency(currency)) throw new RangeError(`${currency} is not a currency of ISO 4217`);
  return EXPONENTS.get(currency) ?? 2;
}

export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** "5903.74" for 590374 USD: the plain decimal, without symbol or grouping. */
export function moneyText(amount: Money): string {
  return scaledText(BigInt(amount.amountMinor), currencyExponent(amount.currency));
}

/** A bigint as a number, or a RangeError where a double would no longer be exact (beyond ±(2^53 − 1)). */
export function exactInteger(value: bigint): number {
  const asNumber = Number(value);
  if (!Number.isSafeInteger(asNumber)) throw new RangeError('the amount is beyond 2^53 − 1 minor units');
  return asNumber;
}

// ISO 4217 list one, currencies in use (funds codes, metals and test codes left out).
const CURRENCIES: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP ' +
    'CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ' +
    'IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU ' +
    'MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG ' +
    'SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV ' +
    'WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG'
  ).split(' '),
);

const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'
    .split(' ')
    .map((code): [string, number] => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code): [string, number] => [code, 3]),
]);
