import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import type { FastifyRequest } from 'fastify';
import { ValidationProblem } from './validation.ts';

/** What Nest keeps of the parameters of a handler: `4:0` is a query as its first one. */
type HandlerParameters = { readonly [typeAndIndex: string]: unknown };

const OF_THE_PLATFORM = /^\/v1\/(?:platform|history|streams)\//;

/**
 * Whether a route without query fields of its own takes `consistentWith`: it reads what people made from the log itself, so
 * that the change is in the answer without waiting.
 */
export function readsTheLog(method: string, path: string): boolean {
  return method === 'get' && path.startsWith('/v1/') && !OF_THE_PLATFORM.test(path);
}

/**
 * A field that a route does not have is refused, also by a route that has none at all: what is misspelt or misplaced (a
 * `dryRun` in the address) must not be passed over. Routes with query fields refuse the others by their own strict schema.
 */
@Injectable()
export class QueryGuard implements CanActivate {
  private readonly withSchema = new Map<unknown, boolean>();

  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const names = Object.keys(request.query as object);
    if (names.length === 0 || this.hasSchema(context)) return true;
    refuseFields(names, readsTheLog(methodOf(request), request.routeOptions.url ?? '') ? ['consistentWith'] : []);
    return true;
  }

  private hasSchema(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.withSchema.get(handler);
    if (known !== undefined) return known;
    const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name) as
      HandlerParameters | undefined;
    const found = Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
    this.withSchema.set(handler, found);
    return found;
  }
}

/** Throws a problem that names every field but the allowed ones. */
export function refuseFields(names: readonly string[], allowed: readonly string[]): void {
  const unknown = names.filter((name) => !allowed.includes(name));
  if (unknown.length > 0)
    throw new ValidationProblem(unknown.map((field) => ({ field, reason: 'no such field in the query' })));
}

/** A HEAD is a GET without its body. */
function methodOf({ method }: FastifyRequest): string {
  return method === 'HEAD' ? 'get' : method.toLowerCase();
}
