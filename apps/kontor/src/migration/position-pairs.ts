/** Positions of the same events in two logs, in order: both rise. */
export interface PositionPairs {
  readonly from: readonly bigint[];
  readonly to: readonly bigint[];
}

/** Differences in groups of seven bits, the high bit says that another group follows: two to four bytes an event. */
export function packed({ from, to }: PositionPairs): Buffer {
  const bytes: number[] = [];
  let [before, toBefore] = [0n, 0n];
  for (const [n, position] of from.entries()) {
    const other = to[n] ?? 0n;
    write(bytes, position - before);
    write(bytes, other - toBefore);
    before = position;
    toBefore = other;
  }
  return Buffer.from(bytes);
}

export function unpacked(bytes: Uint8Array): PositionPairs {
  const pairs: { from: bigint[]; to: bigint[] } = { from: [], to: [] };
  const last = [0n, 0n] as [bigint, bigint];
  let [which, value, shift] = [0, 0n, 0n];
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if ((byte & 0x80) !== 0) continue;
    const side = which === 0 ? 0 : 1;
    last[side] += value;
    (side === 0 ? pairs.from : pairs.to).push(last[side]);
    which = 1 - which;
    value = 0n;
    shift = 0n;
  }
  return pairs;
}

/** Where a reader stands in the new log who has handled everything up to this position of the old one. */
export function floorOf({ from, to }: PositionPairs, position: bigint): bigint | null {
  let [low, high] = [0, from.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((from[middle] ?? 0n) <= position) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : (to[low - 1] ?? null);
}

function write(bytes: number[], difference: bigint): void {
  let rest = difference;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
}
