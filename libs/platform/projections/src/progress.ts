/**
 * Who waits for a fold to go on, and the pauses in which its events gather: the one cuts the other short, so that nobody
 * waits for events that nobody needs together.
 */
export class Progress {
  readonly #waiting = new Set<() => void>();
  readonly #gathering = new Set<() => void>();
  #moves = 0;

  /** How often something has moved: whoever finds another number than before has nothing to wait for. */
  get moves(): number {
    return this.#moves;
  }

  moved(): void {
    this.#moves += 1;
    this.wake();
  }

  /** Whoever waits looks again. */
  wake(): void {
    for (const end of [...this.#waiting]) end();
  }

  /** Resolves at the next move, or when the signal comes. */
  async next(signal: AbortSignal): Promise<void> {
    const moved = resting(this.#waiting, signal);
    for (const end of [...this.#gathering]) end();
    await moved;
  }

  /** Waits so long, but no longer than nobody waits for the events. */
  async gather(waitMs: number, signal: AbortSignal): Promise<void> {
    if (waitMs <= 0 || this.#waiting.size > 0 || signal.aborted) return;
    await resting(this.#gathering, signal, waitMs);
  }
}

/** Until somebody ends it, the signal comes, or the time is over. */
function resting(among: Set<() => void>, signal: AbortSignal, waitMs?: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      among.delete(end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = waitMs === undefined ? undefined : setTimeout(end, waitMs);
    among.add(end);
    signal.addEventListener('abort', end);
  });
}
