import { type Money, ratioText } from '@kontor/kernel';

declare global {
  interface JSON {
    /** ECMAScript "JSON.parse source text access": writes the text as it is. */
    rawJSON(text: string): unknown;
  }
}

/**
 * An amount in an answer. Every single amount fits a double, but a sum may not: it is then written with all its digits,
 * which is a JSON number still.
 */
export function moneyOf(minor: bigint, currency: string): Money {
  return { amountMinor: jsonInteger(minor), currency };
}

function jsonInteger(value: bigint): number {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : (JSON.rawJSON(value.toString()) as number);
}

/** `numerator / denominator` with two decimals, half-even, rounded last; null where there is nothing to divide by. */
export function ratioOrNull(numerator: bigint, denominator: bigint): string | null {
  return denominator === 0n ? null : ratioText(numerator, denominator, 2);
}
