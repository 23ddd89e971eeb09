/** A fold that is less than this behind is near enough: what is left, the comparison folds itself. */
export const NEAR_MS = 5_000;

/**
 * Whether a fold that is asked again and again has reached the head as it was a moment ago. While people work, the head of this
 * moment is always a little ahead of it, and whoever waited for that would wait until they go home.
 */
export class NearTheHead {
  private readonly heads: { readonly total: bigint; readonly atMs: number }[] = [];

  reached(done: string, total: string, nowMs: number): boolean {
    this.heads.push({ total: BigInt(total), atMs: nowMs });
    // The newest of those that are old enough comes first, or the very first.
    while ((this.heads[1]?.atMs ?? Infinity) <= nowMs - NEAR_MS) this.heads.shift();
    const { total: head, atMs } = this.heads[0] ?? { total: 0n, atMs: nowMs };
    return BigInt(done) >= BigInt(total) || (nowMs - atMs >= NEAR_MS && BigInt(done) >= head);
  }
}
