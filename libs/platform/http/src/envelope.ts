import { randomUUID } from 'node:crypto';
import type { Principal } from '@kontor/auth';
import { type CommandEnvelope, KONTOR_NAMESPACE, requestHash, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

const MAX_KEY_LENGTH = 200;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The envelope of a command that a person or a service sends by HTTP. */
export class HttpEnvelope implements CommandEnvelope {
  readonly commandId: string;
  readonly requestHash: string;
  readonly actor: string;
  readonly origin: CommandEnvelope['origin'] = 'person';
  readonly correlationId: string;
  readonly occurredAt: string;
  readonly expectedRevision?: bigint;
  readonly traceparent?: string;

  constructor(
    readonly principal: Principal,
    request: FastifyRequest,
    now: string,
  ) {
    const key = keyOf(request);
    this.commandId = key === undefined ? randomUUID() : commandIdOf(principal, request, key);
    // Without a key nothing can repeat this command id, so there is nothing to compare a repeat with.
    this.requestHash = key === undefined ? '' : requestHash(request.body);
    this.actor = principal.subject;
    this.occurredAt = now;
    const correlation = headerOf(request, 'x-correlation-id');
    this.correlationId = correlation !== undefined && UUID.test(correlation) ? correlation : this.commandId;
    const expected = headerOf(request, 'if-match');
    if (expected !== undefined && expected !== '*') this.expectedRevision = revisionOf(expected);
    const traceparent = headerOf(request, 'traceparent');
    if (traceparent !== undefined && TRACEPARENT.test(traceparent)) this.traceparent = traceparent;
  }

  /** Id of an aggregate that this command begins: a repeat of the command finds the same one. */
  newId(name = 'id'): string {
    return uuidV5(this.commandId, name);
  }

  /** Envelope of a further command that this one causes on another stream, under an id derived from this one's. */
  step(name: string): CommandEnvelope {
    return {
      commandId: uuidV5(this.commandId, `step:${name}`),
      requestHash: this.requestHash,
      actor: this.actor,
      origin: this.origin,
      correlationId: this.correlationId,
      causationId: this.commandId,
      occurredAt: this.occurredAt,
      ...(this.traceparent === undefined ? {} : { traceparent: this.traceparent }),
    };
  }
}

/** `@Envelope(runtime)`-free: the runtime's clock hangs on the request (see KontorHttp). */
export const Envelope = createParamDecorator((_data: unknown, context: ExecutionContext): HttpEnvelope => {
  const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
  return new HttpEnvelope(request.principal, request, request.clock.now());
});

export type AuthenticatedRequest = FastifyRequest & {
  principal: Principal;
  clock: ServiceRuntime['clock'];
};

/** The Idempotency-Key of a request; undefined where it has none. Throws a problem for one that is none. */
export function keyOf(request: FastifyRequest): string | undefined {
  const key = headerOf(request, 'idempotency-key');
  if (key !== undefined && (key.length === 0 || key.length > MAX_KEY_LENGTH))
    throw new Problem(400, 'InvalidIdempotencyKey', `Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters.`, {
      errors: [{ field: 'Idempotency-Key', reason: `must have 1 to ${MAX_KEY_LENGTH} characters` }],
    });
  return key;
}

/** A key is its sender's, and of one address: the same everywhere else is another command. */
export function commandIdOf(principal: Principal, { method, url }: FastifyRequest, key: string): string {
  const path = url.split('?', 1)[0] as string;
  return uuidV5(KONTOR_NAMESPACE, `${principal.subject}|${method}|${path}|${key}`);
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function revisionOf(header: string): bigint {
  const match = /^(?:W\/)?"(\d{1,18})"$/.exec(header);
  if (match === null)
    throw new Problem(400, 'InvalidIfMatch', 'If-Match must be an ETag that Kontor gave, such as "3".', {
      errors: [{ field: 'If-Match', reason: 'is not an ETag of this platform' }],
    });
  return BigInt(match[1] as string);
}
