import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { StoreTimeout, StoreUnavailable, WrongExpectedRevision } from '../errors.ts';
import { CONFLICT, EXPECTATION, REPEATED } from './append-function.ts';
import type { AppendRequest } from './append-request.ts';
import { bigintArray, byteaArray, intArray, textArray, uuidArray } from './binary.ts';
import { connectBeside, destroy } from './connection.ts';
import { isConnectionLoss, storeError } from './pg-errors.ts';
import type { StoreLimits } from './store.config.ts';

/** Longest pause between two attempts to learn what became of a batch. */
const MAX_RESEND_PAUSE_MS = 500;

interface AppendRow {
  readonly head: string;
  readonly outcomes_out: string;
  readonly revisions_out: string;
  readonly positions_out: string;
}

/** Sends batches over a connection of its own and tells every request what became of it. */
export class BatchWriter {
  private client: pg.Client | undefined;
  private head = 0n;
  private plannedForBits = 0;
  private readonly statement: string;

  constructor(
    private readonly pool: pg.Pool,
    schema: string,
    private readonly limits: StoreLimits,
    /** Called with the head after each batch. */
    private readonly appended: (head: bigint) => void,
  ) {
    this.statement = `SELECT head, outcomes_out, revisions_out, positions_out
      FROM ${schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
  }

  async write(batch: readonly AppendRequest[]): Promise<void> {
    try {
      const row = await this.send(encoded(batch));
      this.settle(batch, row);
      this.head = BigInt(row.head);
      this.appended(this.head);
    } catch (error) {
      for (const request of batch) request.reject(error);
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) await client.end();
  }

  /**
   * A connection that dies takes the answer with it: the batch may be in the log or not. The same ids and expectations
   * once more on a new connection resolve it, because what is there is recognised. A server that went away is waited for,
   * as long as the callers wait; a batch that no server has seen yet is refused at once.
   */
  private async send(values: readonly Buffer[]): Promise<AppendRow> {
    const attempt = { sent: false };
    const deadline = new Deadline(this.limits.appendTimeoutMs);
    try {
      for (let losses = 1; ; losses += 1) {
        try {
          return await deadline.race(this.call(values, attempt, deadline));
        } catch (error) {
          if (!isConnectionLoss(error)) throw error;
          this.giveUpConnection();
          if (losses > 1 && !attempt.sent) throw error;
          await deadline.race(delay(Math.min(this.limits.minReconnectDelayMs * losses, MAX_RESEND_PAUSE_MS)));
        }
      }
    } catch (error) {
      if (error instanceof StoreTimeout || isConnectionLoss(error)) this.giveUpConnection();
      const known = storeError('append', error, this.limits.appendTimeoutMs);
      if (known instanceof StoreUnavailable && attempt.sent && isConnectionLoss(error)) {
        throw new StoreUnavailable('append', { cause: error, outcome: 'unknown' });
      }
      throw known;
    } finally {
      deadline.clear();
    }
  }

  private async call(values: readonly Buffer[], attempt: { sent: boolean }, deadline: Deadline): Promise<AppendRow> {
    const client =
      this.client ??
      (await connectBeside(this.pool, 'kontor append', this.limits, this.limits.appendStatementTimeoutMs));
    if (deadline.over) {
      // The callers have their answer; what is sent now would surprise them.
      destroy(client);
      throw new StoreTimeout('append', this.limits.appendTimeoutMs);
    }
    if (client !== this.client) {
      this.client = client;
      // One that ended between two batches is not tried again: what it was never given it cannot have lost.
      client.once('end', () => {
        if (this.client === client) this.client = undefined;
      });
    }
    await this.keepPlansFresh(client);
    attempt.sent = true;
    const { rows } = await client.query<AppendRow>({
      name: 'kontor_append',
      text: this.statement,
      values: [...values],
    });
    const row = rows[0];
    if (row === undefined) throw new Error('append() gave no row');
    return row;
  }

  private giveUpConnection(): void {
    if (this.client !== undefined) destroy(this.client);
    this.client = undefined;
  }

  private settle(batch: readonly AppendRequest[], row: AppendRow): void {
    const outcomes = row.outcomes_out.split(',');
    const revisions = row.revisions_out.split(',');
    const positions = row.positions_out.split(',');
    batch.forEach((request, i) => {
      const outcome = Number(outcomes[i]);
      const revision = BigInt(revisions[i] ?? '');
      if (outcome === CONFLICT) {
        request.reject(new WrongExpectedRevision(request.stream, request.expected, revision));
      } else {
        request.resolve({ revision, position: BigInt(positions[i] ?? ''), repeated: outcome === REPEATED });
      }
    });
  }

  /**
   * The server keeps the plans of the function's statements, and those made for an empty table would read a full one from
   * end to end. Each time the log has doubled they are made anew.
   */
  private async keepPlansFresh(client: pg.Client): Promise<void> {
    const bits = this.head.toString(2).length;
    if (bits === this.plannedForBits) return;
    await client.query('DISCARD PLANS');
    this.plannedForBits = bits;
  }
}

/** One time limit over several steps. */
class Deadline {
  over = false;
  private readonly timer: NodeJS.Timeout;
  private readonly passed: Promise<never>;

  constructor(ms: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.passed = promise;
    this.passed.catch(() => undefined);
    this.timer = setTimeout(() => {
      this.over = true;
      reject(new StoreTimeout('append', ms));
    }, ms);
  }

  race<Value>(work: Promise<Value>): Promise<Value> {
    return Promise.race([work, this.passed]);
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}

function encoded(batch: readonly AppendRequest[]): readonly Buffer[] {
  const names: string[] = [];
  const expectations: bigint[] = [];
  const starts: number[] = [];
  const counts: number[] = [];
  const typeNumbers = new Map<string, number>();
  const requests: number[] = [];
  const ids: string[] = [];
  const types: number[] = [];
  const datas: Uint8Array[] = [];
  const metas: Uint8Array[] = [];
  for (const request of batch) {
    names.push(request.stream);
    expectations.push(typeof request.expected === 'bigint' ? request.expected : EXPECTATION[request.expected]);
    starts.push(ids.length);
    counts.push(request.events.length);
    for (const event of request.events) {
      let type = typeNumbers.get(event.type);
      if (type === undefined) {
        type = typeNumbers.size + 1;
        typeNumbers.set(event.type, type);
      }
      requests.push(names.length);
      ids.push(event.id);
      types.push(type);
      datas.push(event.data);
    }
    metas.push(...request.metadata);
  }
  return [
    textArray(names),
    bigintArray(expectations),
    intArray(starts),
    intArray(counts),
    textArray([...typeNumbers.keys()]),
    intArray(requests),
    uuidArray(ids),
    intArray(types),
    byteaArray(datas),
    byteaArray(metas),
  ];
}
