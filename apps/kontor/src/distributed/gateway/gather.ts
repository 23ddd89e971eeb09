import type { ReadableStream } from 'node:stream/web';
import type { Upstreams } from './upstreams.ts';

/** A stream that says nothing for so long is cut off: a verification tells its progress every second or two. */
const SILENT_AT_MOST_MS = 60_000;
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
export async function askOne(
  upstreams: Upstreams,
  service: string,
  path: string,
  caller: Caller,
  body: Body = 'whole',
): Promise<Part> {
  let cause: unknown;
  for (const url of upstreams.inTurn(service))
    try {
      return await ask(upstreams, service, url, path, caller, body);
    } catch (error) {
      upstreams.shun(url);
      cause = error;
    }
  throw new ServiceAway(service, { cause });
}

/** Asks every process of every service; those that do not answer are left out. */
export async function askAll(upstreams: Upstreams, path: string, caller: Caller): Promise<readonly Part[]> {
  const asked = upstreams.services.flatMap((service) =>
    upstreams.all(service).map((url) => ask(upstreams, service, url, path, caller, 'whole')),
  );
  return (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** Of a whole answer the body has been read; of a stream it is still to come, for as long as it takes. */
type Body = 'whole' | 'streamed';

async function ask(
  upstreams: Upstreams,
  service: string,
  url: string,
  path: string,
  caller: Caller,
  body: Body,
): Promise<Part> {
  const headers: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = caller.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), upstreams.answerWithinMs);
  try {
    const response = await fetch(`${url}${path}`, { headers, signal: late.signal });
    const number = upstreams.all(service).indexOf(url) + 1;
    return { service, number, url, response: body === 'whole' ? await wholeOf(response) : response };
  } finally {
    clearTimeout(timer);
  }
}

/** Read at once: those that answer are not to wait, with half an answer in the wire, for one that never will. */
async function wholeOf(response: Response): Promise<Response> {
  const bytes = await response.arrayBuffer();
  const { status, statusText, headers } = response;
  return new Response(bytes.byteLength === 0 ? null : bytes, { status, statusText, headers });
}

/** A streamed body. Throws when nothing more comes of it. */
export async function* bytesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = (body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return;
  try {
    for (let next = await soon(reader.read()); next.value !== undefined; next = await soon(reader.read()))
      yield next.value;
  } finally {
    // Whoever has read it to the end has nothing to cancel; what is broken is broken already.
    await reader.cancel().catch(() => undefined);
  }
}

async function soon<Result>(coming: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('a process of a service went silent')), SILENT_AT_MOST_MS);
  });
  try {
    return await Promise.race([coming, silent]);
  } finally {
    clearTimeout(timer);
  }
}

/** Every service must have answered. Throws ServiceAway for the first that has not. */
export function requireEach(upstreams: Upstreams, parts: readonly Part[]): void {
  for (const service of upstreams.services)
    if (!parts.some((part) => part.service === service)) throw new ServiceAway(service);
}
