/** Integer division rounded half to even (banker's rounding), exact for any size. `divisor` must be positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError('the divisor must be positive');
  const negative = dividend < 0n;
  const magnitude = negative ? -dividend : dividend;
  const quotient = magnitude / divisor;
  const twiceRest = (magnitude % divisor) * 2n;
  const roundUp = twiceRest > divisor || (twiceRest === divisor && quotient % 2n === 1n);
  const rounded = roundUp ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/** The number nearest to `numerator / denominator` with `decimals` places, half-even, as a decimal string ("27.56"). */
export function ratioText(numerator: bigint, denominator: bigint, decimals: number): string {
  const sign = denominator < 0n ? -1n : 1n;
  const scaled = divideHalfEven(numerator * sign * 10n ** BigInt(decimals), denominator * sign);
  return scaledText(scaled, decimals);
}

/** `-1234567n` with 2 decimals is "-12345.67". */
export function scaledText(scaled: bigint, decimals: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
