import type { Upstreams } from './upstreams.ts';

const ANSWER_WITHIN_MS = 30_000;
/** What a process is told of the request that it answers a part of. */
const PASSED_ON = ['authorization', 'traceparent', 'tracestate'] as const;

export interface Caller {
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}

/** One process's answer. */
export interface Part {
  readonly service: string;
  /** Its number among the processes of the service, from 1. */
  readonly number: number;
  readonly url: string;
  readonly response: Response;
}

/** A service of which no process answers. */
export class ServiceAway extends Error {
  constructor(
    readonly service: string,
    options?: { cause: unknown },
  ) {
    super(`no process of ${service} answers`, options);
    this.name = 'ServiceAway';
  }
}

/** Asks one process of a service, the next one where it does not answer. Throws ServiceAway. */
export async function askOne(upstreams: Upstreams, service: string, path: string, caller: Caller): Promise<Part> {
  let cause: unknown;
  for (const url of upstreams.inTurn(service))
    try {
      return await ask(upstreams, service, url, path, caller);
    } catch (error) {
      upstreams.shun(url);
      cause = error;
    }
  throw new ServiceAway(service, { cause });
}

/** Asks every process of every service; those that do not answer are left out. */
export async function askAll(upstreams: Upstreams, path: string, caller: Caller): Promise<readonly Part[]> {
  const asked = upstreams.services.flatMap((service) =>
    upstreams.all(service).map((url) => ask(upstreams, service, url, path, caller)),
  );
  return (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

async function ask(upstreams: Upstreams, service: string, url: string, path: string, caller: Caller): Promise<Part> {
  const headers: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = caller.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const response = await fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return { service, number: upstreams.all(service).indexOf(url) + 1, url, response };
}

/** Every service must have answered. Throws ServiceAway for the first that has not. */
export function requireEach(upstreams: Upstreams, parts: readonly Part[]): void {
  for (const service of upstreams.services)
    if (!parts.some((part) => part.service === service)) throw new ServiceAway(service);
}
