import {
  AppendTooLarge,
  EventTooLarge,
  isDatabaseOutage,
  StoreTimeout,
  StoreUnavailable,
  SubjectErased,
} from '@kontor/event-store';
import { CommandContention, IdempotencyKeyReused, OutcomeUnknown, StaleRevision } from '@kontor/service';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { invalidField, Problem } from './problem.ts';
import { ValidationProblem } from './validation.ts';

/** Every error becomes a problem document; only faults are logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest(), http.getResponse(), this.logger);
  }
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const problem = asProblem(error);
  if (problem.status >= 500) logger.error({ err: error, method: request.method, url: request.url }, problem.code);
  void reply
    .status(problem.status)
    .headers({ ...problem.more.headers })
    .type('application/problem+json')
    .send(JSON.stringify(problem.document(pathOf(request.url))));
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ValidationProblem) return error.problem;
  if (error instanceof StaleRevision)
    return new Problem(412, 'StaleRevision', 'It has changed since you read it: read it again.', {
      facts: { expected: error.expected.toString(), actual: error.actual.toString() },
      headers: { etag: `"${error.actual}"` },
    });
  if (error instanceof IdempotencyKeyReused)
    return new Problem(422, 'IdempotencyKeyReused', 'This Idempotency-Key was used for another request.', {
      errors: [{ field: 'Idempotency-Key', reason: 'used for a request with another body' }],
    });
  if (error instanceof CommandContention)
    return new Problem(409, 'TooManyConcurrentChanges', 'Others keep changing it: try again.', {
      facts: { attempts: error.attempts },
    });
  if (error instanceof AppendTooLarge || error instanceof EventTooLarge)
    return new Problem(413, 'TooLarge', 'What this would record is too large.', {
      facts: { bytes: error.bytes, maxBytes: error.maxBytes },
    });
  if (error instanceof SubjectErased)
    return new Problem(409, 'SubjectErased', 'The personal data of this person were erased: nothing new is kept.', {
      facts: { subject: error.subject },
    });
  if (error instanceof OutcomeUnknown)
    return unavailable('OutcomeUnknown', 'The store did not answer: repeat with the same Idempotency-Key.');
  if (error instanceof StoreTimeout || error instanceof StoreUnavailable || isDatabaseOutage(error))
    return unavailable('StoreUnavailable', 'The store is not available at the moment.');
  if (error instanceof Error && error.name === 'InvalidConsistencyToken')
    return invalidField('consistentWith', error.message);
  if (error instanceof Error && error.name === 'ProjectionBehind')
    return new Problem(503, 'ProjectionBehind', error.message, {
      headers: { 'retry-after': '1' },
      facts: factsOf(error),
    });
  if (error instanceof Error && error.name === 'ProjectionBuilding')
    return new Problem(503, 'ProjectionBuilding', `After an upgrade, ${error.message}.`, {
      headers: { 'retry-after': '5' },
    });
  // Another service's log, that a query waits for, is asked in the process that has it.
  if (error instanceof Error && error.name === 'FeedUnavailable')
    return unavailable('ServiceAway', `Another service does not answer: ${error.message}.`);
  if (error instanceof Error && error.name === 'PositionNotYetReached')
    return new Problem(409, 'PositionNotYetReached', `Nothing has been recorded there yet: ${error.message}.`);
  if (error instanceof Error && (error.name === 'UnknownEventType' || error.name === 'UnknownStoredEvent'))
    return new Problem(501, 'UnknownEventType', `This program is older than what was recorded: ${error.message}.`);
  const status = httpStatusOf(error);
  if (status !== undefined && status < 500) return fromFramework(status, error as Error);
  return new Problem(500, 'InternalFault', 'Something failed on our side; it has been logged.');
}

function unavailable(code: string, detail: string): Problem {
  return new Problem(503, code, detail, { headers: { 'retry-after': '1' } });
}

const FRAMEWORK_CODES: { readonly [status: number]: readonly [code: string, detail?: string] } = {
  400: ['MalformedRequest'],
  404: ['NoSuchRoute', 'There is nothing at this address.'],
  413: ['BodyTooLarge', 'The body is larger than this route accepts.'],
  414: ['AddressTooLong'],
  415: ['UnsupportedMediaType', 'Send the body as application/json.'],
  431: ['HeadersTooLarge'],
};

function fromFramework(status: number, error: Error): Problem {
  const [code, detail] = FRAMEWORK_CODES[status] ?? ['MalformedRequest'];
  return new Problem(status, code, detail ?? error.message);
}

/** Nest's HttpException, or what Fastify and its parsers throw: an error with a numeric `statusCode`. */
function httpStatusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
}

function factsOf(error: Error): { readonly [name: string]: string } {
  const behind = (error as { behind?: unknown }).behind;
  // Positions are bigints, which JSON does not know: they are told as decimal strings.
  const text = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
  return behind === undefined ? {} : { behind: JSON.stringify(behind, text) };
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] as string;
}
