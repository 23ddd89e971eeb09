/** What a process tells whoever started it. */
export interface UpMessage {
  readonly kind: 'up';
  readonly url: string;
}

export function isUp(message: unknown): message is UpMessage {
  return (message as { kind?: unknown } | null)?.kind === 'up';
}

/** Says where this process answers; nobody may be listening. */
export function tellUp(url: string): void {
  process.send?.({ kind: 'up', url } satisfies UpMessage);
}

/**
 * Ends this process in an orderly way on SIGTERM and SIGINT, and when the one that started it is gone, in whatever way: the
 * channel between them closes. What takes too long is cut off: what was accepted is in the store.
 */
export function endWith(stop: () => Promise<void>, drainWithinMs: number): (code: number) => void {
  let ending = false;
  const end = (code: number) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code === 0 ? 1 : code), drainWithinMs).unref();
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`kontor: stopping failed: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => end(0));
  process.once('SIGINT', () => end(0));
  if (process.channel !== undefined) process.once('disconnect', () => end(0));
  return end;
}
