/** Rounds of each contender, interleaved so that whatever else the machine does meets all of them. */
const ROUNDS = 5;

/** What `--events`, `--seconds` and `--rounds` say: smaller or larger than usual. */
export interface BenchOptions {
  /** Events in the log. */
  readonly events?: number | undefined;
  /** Length of each window of time. */
  readonly seconds?: number | undefined;
  readonly rounds?: number | undefined;
}

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function summary(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
  return { median: at(0.5), min: sorted[0] as number, max: sorted.at(-1) as number };
}

/** Nearest-rank percentile of unsorted values; `share` 0.99 is p99. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export type Contender<Result> = { readonly name: string; readonly run: (round: number) => Promise<Result> };

/** Runs A B A B … for `rounds` rounds; the results of each contender in order. */
export async function interleave<Result>(
  contenders: readonly Contender<Result>[],
  rounds = ROUNDS,
): Promise<Map<string, Result[]>> {
  const results = new Map<string, Result[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, run } of contenders) results.get(name)?.push(await run(round));
  return results;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** `callers` loops that each call as soon as the last call has answered, for `durationMs`. */
export async function load(
  callers: number,
  durationMs: number,
  call: (caller: number, n: number) => Promise<unknown>,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const begin = performance.now();
  const end = begin + durationMs;
  await Promise.all(
    Array.from({ length: callers }, async (_unused, caller) => {
      for (let n = 0; performance.now() < end; n += 1) {
        const started = performance.now();
        await call(caller, n);
        latencies.push(performance.now() - started);
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  return {
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

export interface OpenLoopResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * Calls at a constant rate, whether or not earlier calls have answered. A latency begins when the call was due, so that a
 * stall counts for every call that it held up.
 */
export async function openLoop(
  perSecond: number,
  seconds: number,
  call: (n: number) => Promise<unknown>,
): Promise<OpenLoopResult> {
  const latencies: number[] = [];
  const calls: Promise<void>[] = [];
  const total = perSecond * seconds;
  const begin = performance.now();
  while (calls.length < total) {
    const due = begin + (calls.length * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) {
      await new Promise((done) => setTimeout(done, wait));
      continue;
    }
    calls.push(
      call(calls.length).then(() => {
        latencies.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(calls);
  return {
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: Math.max(...latencies),
  };
}

/** One line of the report: a goal is a ratio against a peer or a raw limit of the same run. */
export interface Finding {
  readonly subject: string;
  readonly ours: string;
  readonly against: string;
  readonly ratio: string;
  readonly goal: string;
  readonly met: boolean | null;
}

export function perSecondText({ median, min, max }: Summary): string {
  return `${Math.round(median)}/s (${Math.round(min)}-${Math.round(max)})`;
}
