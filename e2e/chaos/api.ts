export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | null;
  readonly body: unknown;
}

/** An answer that takes longer is none. */
const ANSWER_WITHIN_MS = 30_000;

/** A platform by HTTP. What answers is not known to be well: no answer is a value here. */
export class Api {
  constructor(
    readonly url: () => string,
    private readonly token: () => string,
  ) {}

  /** Undefined: no answer, or half of one. */
  async request(
    method: string,
    path: string,
    body?: object,
    headers: { readonly [name: string]: string } = {},
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<Reply | undefined> {
    try {
      const response = await fetch(`${this.url()}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token()}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        signal: AbortSignal.timeout(withinMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const contentType = response.headers.get('content-type') ?? '';
      return {
        status: response.status,
        contentType,
        retryAfter: response.headers.get('retry-after'),
        body: /[/+]json\b/.test(contentType) && text !== '' ? (JSON.parse(text) as unknown) : text,
      };
    } catch {
      // Refused, reset, timed out, cut in the middle: the caller repeats.
      return undefined;
    }
  }

  /** For set-up and oracle, when everything should be well: throws what is not 2xx. */
  async must<Body>(method: string, path: string, body?: object, withinMs?: number): Promise<Body> {
    const reply = await this.request(method, path, body, {}, withinMs);
    if (reply === undefined) throw new Error(`${method} ${path}: no answer`);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body as Body;
  }
}
