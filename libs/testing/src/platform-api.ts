export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text when the answer is not JSON. */
  readonly body: never;
}

export interface RequestOptions {
  readonly token?: string | null;
  readonly headers?: { readonly [name: string]: string };
}

export interface PlatformApi {
  /** A token of the platform's own issuer. */
  token(role: string, more?: { staffId?: string; subject?: string }): Promise<string>;
  /** `token: null` sends none; without it the administrator's is sent. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<HttpReply>;
}

/** A running platform over HTTP, with the administrator's token. */
export function platformApi(url: string, adminToken: string): PlatformApi {
  const api: PlatformApi = {
    async token(role, more = {}) {
      const reply = await api.request('POST', '/v1/platform/tokens', { role, ...more });
      if (reply.status !== 201) throw new Error(`no token for ${role}: ${JSON.stringify(reply.body)}`);
      return (reply.body as { token: string }).token;
    },
    async request(method, path, body, options = {}) {
      const token = options.token === undefined ? adminToken : options.token;
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...options.headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '') && text !== '';
      return {
        status: response.status,
        headers: response.headers,
        body: (json ? JSON.parse(text) : text) as never,
      };
    },
  };
  return api;
}
