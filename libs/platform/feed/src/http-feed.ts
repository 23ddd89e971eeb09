import type { CloudEvent } from '@kontor/kernel';
import { FeedUnavailable, LogChanged, PositionNotYetReached, UnknownService } from './errors.ts';
import { FEED_BATCH_EVENTS, HISTORY_SILENCE_MS } from './feed.config.ts';
import { Feed, type FeedBatch, type FeedHead, type FeedOptions } from './feed.ts';

export interface HttpFeedOptions {
  /** Where a service's history is served: `http://127.0.0.1:4000` for `/v1/history/<service>`. */
  readonly origin: (service: string) => string;
  /** Asked before every request, so that a token can be renewed. */
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly silenceMs?: number;
}

type HistoryLine =
  | { readonly event: CloudEvent }
  | {
      readonly watermark: {
        readonly position: string;
        readonly recordedAt: string | null;
        readonly logId: string;
        readonly caughtUp: boolean;
      };
    };

/**
 * The feed of another process: its history route, tailed. A connection that breaks or goes silent throws FeedUnavailable;
 * events that came without a watermark behind them were not handed over, so that reading again from the last
 * watermark neither skips nor repeats.
 */
export class HttpFeed extends Feed {
  readonly #options: HttpFeedOptions;

  constructor(options: HttpFeedOptions) {
    super();
    this.#options = options;
  }

  async *read(options: FeedOptions): AsyncIterable<FeedBatch> {
    const { service, batchSize = FEED_BATCH_EVENTS } = options;
    let events: CloudEvent[] = [];
    for await (const line of this.#lines(service, historyQuery(options), options.signal)) {
      if ('event' in line) {
        events.push(line.event);
        continue;
      }
      const { position, recordedAt, logId, caughtUp } = line.watermark;
      const batch = { service, logId, watermark: { position: BigInt(position), recordedAt }, caughtUp };
      yield* parts({ ...batch, events }, batchSize);
      events = [];
      if (options.signal.aborted) return;
    }
  }

  async head(service: string): Promise<FeedHead> {
    const { signal } = new AbortController();
    for await (const line of this.#lines(service, new URLSearchParams({ after: '0', limit: '0' }), signal)) {
      if ('watermark' in line) {
        const { position, recordedAt, logId } = line.watermark;
        return { logId, position: BigInt(position), recordedAt };
      }
    }
    throw new FeedUnavailable(service, 'the history ended without its head');
  }

  async *#lines(service: string, query: URLSearchParams, signal: AbortSignal): AsyncGenerator<HistoryLine> {
    const silence = new Silence(this.#options.silenceMs ?? HISTORY_SILENCE_MS);
    // Leaving the loop in any way closes the connection.
    const inner = new AbortController();
    try {
      const response = await fetch(`${this.#options.origin(service)}/v1/history/${service}?${query}`, {
        headers: { accept: 'application/x-ndjson', ...this.#options.headers?.() },
        signal: AbortSignal.any([signal, inner.signal, silence.signal]),
      });
      if (!response.ok || response.body === null) throw await problemOf(service, query, response);
      let rest = '';
      const decoder = new TextDecoder();
      for await (const chunk of response.body) {
        silence.broken();
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() as string;
        for (const line of lines) {
          silence.pause();
          yield JSON.parse(line) as HistoryLine;
        }
        silence.broken();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LogChanged || error instanceof PositionNotYetReached || error instanceof UnknownService)
        throw error;
      if (error instanceof FeedUnavailable) throw error;
      const reason = silence.signal.aborted ? 'it went silent' : 'the connection broke';
      throw new FeedUnavailable(service, reason, { cause: error });
    } finally {
      silence.pause();
      inner.abort();
    }
  }
}

/** Aborts when nothing was heard for a while; time that the consumer takes for itself does not count. */
class Silence {
  readonly #abort = new AbortController();
  readonly #afterMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
    this.broken();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  broken(): void {
    this.pause();
    this.#timer = setTimeout(() => {
      this.#abort.abort();
    }, this.#afterMs);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }
}

function historyQuery(options: FeedOptions): URLSearchParams {
  const query = new URLSearchParams({ after: String(options.after), follow: String(options.follow) });
  if (typeof options.logId === 'string') query.set('logId', options.logId);
  return query;
}

/** The server chooses the stretches; a consumer that asked for smaller batches gets smaller ones. */
function* parts(batch: FeedBatch, size: number): Generator<FeedBatch> {
  let from = 0;
  for (; batch.events.length - from > size; from += size) {
    const events = batch.events.slice(from, from + size);
    const last = events.at(-1) as CloudEvent;
    yield {
      ...batch,
      events,
      watermark: { position: BigInt(last.position), recordedAt: last.recordedat },
      caughtUp: false,
    };
  }
  yield { ...batch, events: batch.events.slice(from) };
}

/** Problem documents name their code. */
async function problemOf(service: string, asked: URLSearchParams, response: Response): Promise<Error> {
  const problem = (await response.json().catch(() => ({}))) as {
    readonly code?: string;
    readonly facts?: { readonly [name: string]: string | null };
  };
  const facts = problem.facts ?? {};
  if (problem.code === 'LogChanged') {
    const position = typeof facts.position === 'string' ? BigInt(facts.position) : null;
    return new LogChanged(service, asked.get('logId') ?? '', facts.logId ?? 'another', position);
  }
  if (problem.code === 'PositionNotYetReached')
    return new PositionNotYetReached(service, BigInt(asked.get('after') ?? 0), BigInt(facts.head ?? 0));
  if (response.status === 404) return new UnknownService(service);
  return new FeedUnavailable(service, `it answered ${response.status}`);
}
