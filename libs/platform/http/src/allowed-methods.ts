import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

/**
 * An address that is there, asked in a way that it does not answer, is told so (RFC 9110, 15.5.6): 405 and the methods that
 * it has. To be called before the routes are made.
 */
export function useAllowedMethods(fastify: FastifyInstance): void {
  const routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();
  fastify.addHook('onRoute', ({ url, method }) => {
    // What answers everything (such as Nest's own catch-all) says nothing about an address.
    if (url.includes('*')) return;
    const known = routes.get(url) ?? { path: patternOf(url), methods: new Set() };
    for (const name of [method].flat()) known.methods.add(name.toUpperCase());
    routes.set(url, known);
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    const path = request.url.split('?', 1)[0] as string;
    const methods = [...routes.values()]
      .filter((route) => route.path.test(path))
      .flatMap((route) => [...route.methods]);
    if (methods.length === 0) done();
    else done(methodNotAllowed(request.method, [...new Set(methods)].sort()));
  });
}

function methodNotAllowed(method: string, allowed: readonly string[]): Problem {
  return new Problem(405, 'MethodNotAllowed', `This address does not answer ${method}.`, {
    headers: { allow: allowed.join(', ') },
    facts: { method, allowed },
  });
}

/** `/v1/orders/:id/facets` as an expression: a parameter is one segment that is not empty. */
function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
}
