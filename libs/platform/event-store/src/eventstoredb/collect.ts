import type { Readable } from 'node:stream';
import { StoreTimeout } from '../errors.ts';
import type { ClientSlot } from './client-slot.ts';

type Reading = Readable & { cancel(): Promise<void> };

/**
 * Reads until `take` says enough, or to the end. The client's reads have no deadline, so a silence between two events
 * ends the read as StoreTimeout, and counts against the client.
 */
export function collect<Item, Source extends AsyncIterable<Item>>(
  slot: ClientSlot,
  open: () => Source & AsyncIterable<Item>,
  silenceMs: number,
  operation: string,
  take: (item: Item) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const source = open() as unknown as Reading;
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      act();
    };
    const stop = (): void => {
      // A read that was never sent has nothing to cancel.
      source.cancel().catch(() => undefined);
    };
    const timer = setTimeout(() => {
      settle(() => {
        stop();
        slot.notAnswered();
        reject(new StoreTimeout(operation, silenceMs));
      });
    }, silenceMs);
    source.on('data', (item: Item) => {
      if (settled) return;
      timer.refresh();
      let enough = false;
      try {
        enough = take(item);
      } catch (error) {
        settle(() => {
          stop();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
        return;
      }
      if (!enough) return;
      settle(() => {
        stop();
        slot.answered();
        resolve();
      });
    });
    source.on('end', () => {
      settle(() => {
        slot.answered();
        resolve();
      });
    });
    source.on('close', () => {
      settle(() => {
        reject(new Error(`${operation}: the server ended the read in the middle`));
      });
    });
    source.on('error', (error: Error) => {
      settle(() => {
        reject(error);
      });
    });
  });
}
