import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { zConsistencyToken } from './fields.ts';
import { invalidField } from './problem.ts';
import { parseOrRefuse } from './validation.ts';

/** The logs that a consistency token can name. */
export interface KnownLogs {
  readonly services: readonly string[];
  /** The head of a log that lies here; undefined for one that another process has. */
  head(service: string): Promise<bigint> | undefined;
}

const zToken = z.object({ consistentWith: zConsistencyToken });

/**
 * A consistency token is looked at before anybody waits for it, at every route: one that names a service which is not there,
 * or a position that its log has not reached, comes from no receipt of this platform. It stands behind the guard of rights:
 * how far a log is, is not for everybody.
 */
@Injectable()
export class ConsistencyGuard implements CanActivate {
  constructor(private readonly logs: KnownLogs) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const { query } = context.switchToHttp().getRequest<FastifyRequest>();
    const { consistentWith } = query as { readonly consistentWith?: unknown };
    return consistentWith === undefined || this.require(consistentWith);
  }

  private async require(token: unknown): Promise<true> {
    const { consistentWith } = parseOrRefuse(zToken, { consistentWith: token });
    for (const part of consistentWith.split(',')) {
      const [service = '', position = ''] = part.split(':');
      if (!this.logs.services.includes(service))
        throw invalidField('consistentWith', `names ${service}, which is no service; there are ${this.named}`);
      const head = await this.logs.head(service);
      if (head !== undefined && BigInt(position) > head)
        throw invalidField('consistentWith', `names ${part}, but the log of ${service} has only reached ${head}`);
    }
    return true;
  }

  private get named(): string {
    return this.logs.services.join(', ');
  }
}
