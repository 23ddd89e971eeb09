import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** A fold makes rows of events and nothing else; what it tried beside that did not happen. */
export class SideEffectWhileFolding extends Error {
  constructor(
    readonly fold: string,
    readonly deed: string,
  ) {
    super(`${fold} tried to ${deed} while it folded: nothing was done`);
    this.name = 'SideEffectWhileFolding';
  }
}

interface Folding {
  readonly fold: string;
  /** The handlers are being called: what is thrown now reaches the one that is to blame. */
  active: boolean;
}

const folding = new AsyncLocalStorage<Folding>();

/**
 * Calls pure code and sees to it that it is: from within, and from whatever it leaves running behind, nothing can be appended and
 * no connection opened.
 */
export function withoutEffects<Result>(fold: string, work: () => Result): Result {
  const context: Folding = { fold, active: true };
  try {
    return folding.run(context, work);
  } finally {
    context.active = false;
  }
}

/**
 * For whoever has an effect, before it has it: throws SideEffectWhileFolding at the handler; a promise that it has left behind gets no
 * answer, for a rejection that nobody hears would end the process.
 */
export function heldBack(deed: string): Promise<never> | undefined {
  const context = folding.getStore();
  if (context === undefined) return undefined;
  const fault = new SideEffectWhileFolding(context.fold, deed);
  if (context.active) throw fault;
  process.emitWarning(fault.message, fault.name);
  return new Promise<never>(() => undefined);
}

subscribe('net.client.socket', (message) => {
  const context = folding.getStore();
  if (context === undefined) return;
  const { socket } = message as { readonly socket: Socket };
  socket.destroy(new SideEffectWhileFolding(context.fold, 'open a connection'));
});
