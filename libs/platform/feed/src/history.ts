import type { LogSource } from './contract-reader.ts';
import { HISTORY_CHUNK_CHARACTERS } from './feed.config.ts';
import type { FeedBatch } from './feed.ts';
import { openLog } from './log-reader.ts';

export interface HistoryOptions {
  readonly after: bigint;
  readonly follow: boolean;
  /** The log that `after` belongs to; absent or null: any. */
  readonly logId?: string | null;
  /** At most so many events, then the history ends. 0 answers one watermark: the head. */
  readonly limit?: number | undefined;
  readonly signal: AbortSignal;
  /** Told how far the reader has come: it asked for more after it had been given what goes up to there. */
  readonly taken?: (position: bigint) => void;
}

/**
 * What `GET /v1/history/<service>` answers: chunks of whole NDJSON lines, each line with its newline, either
 * `{"event":CloudEvent}` or `{"watermark":{"position","recordedAt","logId","caughtUp"}}`. A watermark follows every stretch
 * that was read and comes every second when nothing happens. Pulled: nothing is read before the last chunk was taken.
 *
 * Throws LogChanged, PositionNotYetReached and the store's NotAPosition before the first chunk, so that a route can still answer with
 * a problem.
 */
export async function historyStream(source: LogSource, options: HistoryOptions): Promise<AsyncIterable<string>> {
  const batches = await openLog(source, options);
  if (options.limit === 0) {
    const head = await source.store.head();
    return one(watermarkLine({ ...head, caughtUp: true }));
  }
  return lines(batches, options.limit ?? Number.POSITIVE_INFINITY, options.taken);
}

async function* one(line: string): AsyncGenerator<string> {
  yield line;
}

async function* lines(
  batches: AsyncIterable<FeedBatch>,
  limit: number,
  taken: HistoryOptions['taken'],
): AsyncGenerator<string> {
  let left = limit;
  for await (const batch of batches) {
    const events = batch.events.slice(0, left);
    left -= events.length;
    let chunk = '';
    for (const event of events) {
      chunk += `{"event":${JSON.stringify(event)}}\n`;
      if (chunk.length >= HISTORY_CHUNK_CHARACTERS) {
        yield chunk;
        chunk = '';
      }
    }
    const cutAt = events.length < batch.events.length ? events.at(-1) : undefined;
    const watermark =
      cutAt === undefined
        ? { ...batch.watermark, logId: batch.logId, caughtUp: batch.caughtUp }
        : { position: BigInt(cutAt.position), recordedAt: cutAt.recordedat, logId: batch.logId, caughtUp: false };
    yield chunk + watermarkLine(watermark);
    taken?.(watermark.position);
    if (left === 0) return;
  }
}

function watermarkLine(watermark: {
  readonly position: bigint;
  readonly recordedAt: string | null;
  readonly logId: string;
  readonly caughtUp: boolean;
}): string {
  const { position, recordedAt, logId, caughtUp } = watermark;
  return `${JSON.stringify({ watermark: { position: String(position), recordedAt, logId, caughtUp } })}\n`;
}
