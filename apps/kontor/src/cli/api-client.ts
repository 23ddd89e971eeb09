import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { environment } from '../kontor.config.ts';
import { CliFault } from './cli-fault.ts';

/** A platform that is starting or briefly without its database answers 503 with Retry-After. */
const MAX_ATTEMPTS = 8;
const DEFAULT_RETRY_S = 1;

export interface Target {
  readonly url: string;
  readonly token: string;
  /** Where the token was found, as a person would look for it. */
  readonly tokenFrom: string;
}

/** Three parts with dots between them: nothing else is sent, and what cannot stand in a header would not even arrive. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Where the platform is and who asks: from KONTOR_URL and KONTOR_TOKEN, else from the data folder. */
export function findTarget(dataFolder: string): Target {
  const { url, token } = environment;
  return {
    tokenFrom: token === undefined ? join(dataFolder, 'admin-token') : 'KONTOR_TOKEN',
    url: (url ?? fromFolder(dataFolder, 'url', 'KONTOR_URL')).replace(/\/$/, ''),
    token: token ?? fromFolder(dataFolder, 'admin-token', 'KONTOR_TOKEN'),
  };
}

function fromFolder(dataFolder: string, name: string, variable: string): string {
  const file = join(dataFolder, name);
  if (!existsSync(file))
    throw new CliFault(`No platform was started in ${dataFolder}: name its folder with --data, or set ${variable}.`);
  return readFileSync(file, 'utf8').trim();
}

/** An address with parts that somebody typed: each stays one part, whatever is in it. */
export function address(fixed: TemplateStringsArray, ...typed: readonly string[]): string {
  return String.raw({ raw: fixed }, ...typed.map(encodeURIComponent));
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface ProblemBody {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly reason: string }[];
  readonly facts?: { readonly [name: string]: unknown };
}

export class ApiClient {
  constructor(readonly target: Target) {}

  get<Body>(path: string): Promise<Body> {
    return this.send('GET', path).then(({ body }) => body as Body);
  }

  post<Body>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Body> {
    return this.send('POST', path, body, headers).then((reply) => reply.body as Body);
  }

  /** Sends, waits out a 503, and turns every other problem into a CliFault that a person can read. */
  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiReply> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.open(method, path, body, headers);
      const text = await this.answered(response.text());
      const answer: unknown =
        response.headers.get('content-type')?.includes('json') === true && text !== '' ? JSON.parse(text) : text;
      if (response.ok) return { status: response.status, headers: response.headers, body: answer };
      if (response.status !== 503 || attempt === MAX_ATTEMPTS)
        throw this.told(faultOf(method, path, response.status, answer as ProblemBody));
      await delay(1000 * Number(response.headers.get('retry-after') ?? DEFAULT_RETRY_S));
    }
  }

  /** The lines of an NDJSON answer as they come. */
  async *lines(path: string): AsyncGenerator<string> {
    const response = await this.open('GET', path);
    if (!response.ok || response.body === null)
      throw this.told(faultOf('GET', path, response.status, (await response.json()) as ProblemBody));
    let rest = '';
    try {
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
      }
    } catch (error) {
      throw new CliFault(`The answer from ${this.target.url} was cut off (${whyOf(error)}).`, undefined, true);
    }
    if (rest !== '') yield rest;
  }

  /** The bytes of an answer as they come. */
  async bytes(path: string, body: unknown): Promise<ReadableStream<Uint8Array>> {
    const response = await this.open('POST', path, body);
    if (!response.ok || response.body === null)
      throw this.told(faultOf('POST', path, response.status, (await response.json()) as ProblemBody));
    return response.body;
  }

  private async open(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const { token, tokenFrom } = this.target;
    if (!TOKEN.test(token)) throw new CliFault(`What ${tokenFrom} says is no token.`, 'TokenInvalid');
    return this.answered(
      fetch(`${this.target.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  }

  /** A refused token is told with the place where it was found: that is what a person mends. */
  private told(fault: CliFault): CliFault {
    const { code, details, message } = fault;
    return code === 'TokenInvalid'
      ? new CliFault(`The token from ${this.target.tokenFrom} is not valid. ${message}`, code, false, details)
      : fault;
  }

  private async answered<Answer>(asked: Promise<Answer>): Promise<Answer> {
    try {
      return await asked;
    } catch (error) {
      throw new CliFault(
        `There is no answer from ${this.target.url} (${whyOf(error)}): is the platform running?`,
        undefined,
        true,
      );
    }
  }
}

function whyOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? (error as Error).message;
}

/** The sentence, then what is wrong field by field, unless that is the sentence. */
export function faultOf(method: string, path: string, status: number, problem: ProblemBody): CliFault {
  const { errors = [] } = problem;
  const fields = errors
    .map(({ field, reason }) => `${field}: ${reason}`)
    .filter((line) => line !== problem.detail)
    .map((line) => `\n  ${line}`)
    .join('');
  // What there is instead of what was asked for, who stands in the way: lists of names.
  const lists = Object.entries(problem.facts ?? {})
    .filter(([, value]) => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'))
    .map(([name, value]) => `\n  ${name}: ${(value as string[]).join(', ')}`)
    .join('');
  return new CliFault(
    problem.code === undefined
      ? `${method} ${path} was answered with ${status}.`
      : `${problem.detail ?? problem.code} [${problem.code}]${fields}${lists}`,
    problem.code,
    false,
    {
      ...(problem.errors === undefined ? {} : { errors: problem.errors }),
      ...(problem.facts === undefined ? {} : { facts: problem.facts }),
    },
  );
}
