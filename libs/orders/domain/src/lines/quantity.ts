import type { Scaled } from '@kontor/kernel';

/** Quantities are compared and added in millionths: the finest scale there is. */
const FINEST_SCALE = 6;

/** The largest quantity of a line, in units. In millionths it is still exact as a number (10^15 < 2^53). */
export const MAX_QUANTITY_UNITS = 1_000_000_000;

export function isQuantity(quantity: Scaled): boolean {
  return (
    Number.isSafeInteger(quantity.value) &&
    Number.isInteger(quantity.scale) &&
    quantity.scale >= 0 &&
    quantity.scale <= FINEST_SCALE &&
    quantity.value > 0 &&
    quantity.value <= MAX_QUANTITY_UNITS * 10 ** quantity.scale
  );
}

/** Millionths of a unit; exact for every quantity that `isQuantity` lets pass. */
export function millionths(quantity: Scaled): number {
  return quantity.value * 10 ** (FINEST_SCALE - quantity.scale);
}

/** Millionths with the smallest scale that holds them: 1 500 000 is { value: 15, scale: 1 }. */
export function fromMillionths(value: number): Scaled {
  let scale = FINEST_SCALE;
  let rest = value;
  while (scale > 0 && rest % 10 === 0) {
    rest /= 10;
    scale -= 1;
  }
  return { value: rest, scale };
}

/** The number of pieces, or null where the quantity is not a whole number. */
export function pieces(quantity: Scaled): number | null {
  const units = millionths(quantity) / 10 ** FINEST_SCALE;
  return Number.isInteger(units) ? units : null;
}

/** "2.5": for sentences. */
export function quantityText(quantity: Scaled): string {
  const { value, scale } = fromMillionths(millionths(quantity));
  const digits = String(value).padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
