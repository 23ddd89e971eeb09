import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../errors.ts';
import { AppendQueue } from './append-queue.ts';
import type { AppendRequest } from './append-request.ts';
import { STORE_LIMITS } from './store.config.ts';

const LIMITS = { ...STORE_LIMITS, maxBatchAppends: 100, minBatchBeside: 10 };

/** A queue whose batches are under way until they are told to end. */
class Writers {
  readonly begun: (readonly string[])[] = [];
  private readonly ends: (() => void)[] = [];
  readonly queue: AppendQueue;
  most = 0;
  private underWay = 0;

  constructor(count: number, limits = LIMITS) {
    const write = async (batch: readonly AppendRequest[]): Promise<void> => {
      this.begun.push(batch.map(({ stream }) => stream));
      this.underWay += 1;
      this.most = Math.max(this.most, this.underWay);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.ends.push(() => {
        resolve(undefined);
      });
      await promise;
      this.underWay -= 1;
    };
    this.queue = new AppendQueue(
      Array.from({ length: count }, () => write),
      limits,
    );
  }

  add(...streams: readonly string[]): void {
    for (const stream of streams) this.queue.add(request(stream));
  }

  /** Ends a batch and lets the queue take its turn. */
  async end(batch: number): Promise<void> {
    this.ends[batch]?.();
    await turn();
    await turn();
  }
}

const refused: unknown[] = [];

function request(stream: string): AppendRequest {
  return {
    stream,
    expected: 'any',
    events: [],
    metadata: [],
    bytes: 1_000,
    since: performance.now(),
    resolve: () => undefined,
    reject: (error) => refused.push(error),
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function streams(from: number, count: number): string[] {
  return Array.from({ length: count }, (_unused, n) => `s-${from + n}`);
}

describe('the queue of appends', () => {
  it('puts what is asked for in one turn into one batch, and the next while it is written into another', async () => {
    const writers = new Writers(2);
    writers.add('a', 'b');
    writers.add('c');
    await turn();
    writers.add('d', 'e');
    await turn();
    expect(writers.begun).toEqual([['a', 'b', 'c']]);
    await writers.end(0);
    expect(writers.begun).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  });

  it('shares many out among the writers, and sends a second batch only when it is worth a commit', async () => {
    const writers = new Writers(2);
    writers.add(...streams(0, 21));
    await turn();
    expect(writers.begun.map((batch) => batch.length)).toEqual([11, 10]);
    writers.add(...streams(100, 9));
    await writers.end(0);
    expect(writers.begun).toHaveLength(2);
    writers.add(...streams(200, 1));
    await turn();
    expect(writers.begun.slice(2)).toEqual([[...streams(100, 9), ...streams(200, 1)]]);
  });

  it('a stream is once in all that is under way, and its appends keep their order', async () => {
    const writers = new Writers(2);
    writers.add(...streams(0, 20), 's-3', 's-3', 's-15');
    await turn();
    expect(writers.begun.flat().filter((stream) => stream === 's-3')).toHaveLength(1);
    expect(writers.begun.flat().sort((a, b) => a.localeCompare(b))).toEqual(
      streams(0, 20).sort((a, b) => a.localeCompare(b)),
    );
    await writers.end(1);
    expect(writers.begun).toHaveLength(2);
    await writers.end(0);
    expect(writers.begun.slice(2)).toEqual([['s-3', 's-15']]);
    await writers.end(2);
    expect(writers.begun.slice(3)).toEqual([['s-3']]);
  });

  it('never has more batches under way than writers', async () => {
    const writers = new Writers(2);
    writers.add(...streams(0, 500));
    for (let batch = 0; batch < 8; batch += 1) {
      await turn();
      await writers.end(batch);
    }
    expect(writers.most).toBe(2);
    expect(writers.begun.flat()).toHaveLength(500);
  });

  it('closes when everything that it took has been written, and takes nothing more', async () => {
    const writers = new Writers(2);
    writers.add(...streams(0, 30), 's-0');
    const closed = writers.queue.close();
    refused.length = 0;
    writers.add('late');
    expect(refused[0]).toBeInstanceOf(StoreUnavailable);
    for (let batch = 0; batch < 3; batch += 1) await writers.end(batch);
    await closed;
    expect(writers.begun.flat()).toHaveLength(31);
  });

  it('closes although all that waits has waited too long', async () => {
    const writers = new Writers(2, { ...LIMITS, appendTimeoutMs: -1 });
    refused.length = 0;
    writers.add('a');
    await writers.queue.close();
    expect(writers.begun).toEqual([]);
    expect(refused).toHaveLength(1);
  });
});
