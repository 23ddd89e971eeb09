import { IdempotencyKeyReused, requestHash } from '@kontor/service';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type pg from 'pg';
import type { Logger } from 'pino';
import { type AuthenticatedRequest, commandIdOf, keyOf } from './envelope.ts';

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

const DDL = `
  create schema if not exists kontor_requests;
  create table if not exists kontor_requests.keys (
    command_id uuid primary key, request_hash text not null, at timestamptz not null default clock_timestamp());
  comment on table kontor_requests.keys is 'Which body an Idempotency-Key came with, kept for ${KEPT_DAYS} days'`;

/**
 * Committed without a flush of its own: the append of the command comes behind it in the same write-ahead log and flushes
 * both. A row that is there already is locked and returned as it is, whoever made it a moment ago.
 */
const CLAIM = `
  with quick as (select set_config('synchronous_commit', 'off', true) as off)
  insert into kontor_requests.keys as known (command_id, request_hash) select $1, $2 from quick
  on conflict (command_id) do update set request_hash = known.request_hash
  returning request_hash as "requestHash", xmax = 0 as made`;

interface Claim {
  readonly commandId: string;
  readonly requestHash: string;
  /** False: an earlier request had the same key and body. */
  readonly made: boolean;
}

/**
 * Which body each Idempotency-Key came with, for every route that takes a body. A stream remembers its commands itself and
 * answers a repeat from that; but which stream it is may follow from the body (the ledger of the account that pays), and
 * some routes write none (a dry run, a token). So a key is claimed before anything is done, and whoever comes with the same
 * key and another body is refused there, whatever the route. A refusal is not remembered: it gives the claim back.
 */
export class CommandKeys {
  private readonly claims = new WeakMap<FastifyRequest, Claim>();
  private made: Promise<unknown> | undefined;
  private sweptAt = 0;

  constructor(
    private readonly pool: pg.Pool,
    private readonly logger: Logger,
  ) {}

  /** Throws IdempotencyKeyReused. */
  async claim(request: AuthenticatedRequest, key: string): Promise<void> {
    await this.prepare();
    const commandId = commandIdOf(request.principal, request, key);
    const asked = requestHash(request.body);
    const { rows } = await this.pool.query<Omit<Claim, 'commandId'>>(CLAIM, [commandId, asked]);
    const [known] = rows;
    if (known === undefined || known.requestHash !== asked) throw new IdempotencyKeyReused(commandId);
    this.claims.set(request, { commandId, ...known });
  }

  /** To be called before the routes are made: what became of a request decides on its claim, before the caller knows it. */
  settleIn(fastify: FastifyInstance): void {
    fastify.addHook('onSend', async (request, { statusCode }) => {
      const claim = this.claims.get(request);
      if (claim === undefined) return;
      this.claims.delete(request);
      try {
        if (statusCode >= 400 && statusCode < 500 && claim.made)
          await this.pool.query('delete from kontor_requests.keys where command_id = $1', [claim.commandId]);
        // The one that made the claim, at the same time, may have been refused and have given it back.
        if (statusCode < 400 && !claim.made) await this.pool.query(CLAIM, [claim.commandId, claim.requestHash]);
      } catch (error) {
        this.logger.warn(
          { err: error, commandId: claim.commandId },
          'the claim of an Idempotency-Key could not be settled',
        );
      }
    });
  }

  private async prepare(): Promise<void> {
    this.made ??= this.make();
    try {
      await this.made;
    } catch (error) {
      this.made = undefined;
      throw error;
    }
    if (Date.now() - this.sweptAt < DAY_MS) return;
    this.sweptAt = Date.now();
    await this.pool.query(
      `delete from kontor_requests.keys where at < clock_timestamp() - interval '${KEPT_DAYS} days'`,
    );
  }

  private async make(): Promise<void> {
    const client = await this.pool.connect();
    try {
      // Processes that start at once would both make it.
      await client.query(`begin; select pg_advisory_xact_lock(hashtext('kontor requests')); ${DDL}; commit`);
    } finally {
      client.release();
    }
  }
}

/** Stands behind the guard of rights: a key belongs to who sends it. */
@Injectable()
export class CommandKeyGuard implements CanActivate {
  constructor(private readonly keys: CommandKeys) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (request.method === 'GET' || request.method === 'HEAD') return true;
    const key = keyOf(request);
    return key === undefined ? true : this.keys.claim(request, key).then(() => true as const);
  }
}
