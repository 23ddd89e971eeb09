import type { HttpReply, TestPlatform } from '@kontor/testing';
import { type AnySchema, Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';

interface Published {
  readonly components: { readonly schemas: { readonly [name: string]: AnySchema } };
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly parameters?: readonly { readonly in: string; readonly name: string }[];
        readonly responses: {
          readonly [status: string]: { readonly content?: { readonly [type: string]: { readonly schema: AnySchema } } };
        };
      };
    };
  };
}

/** What the description of the API says that routes answer, held to the letter: what it does not name must not be there. */
export class PublishedAnswers {
  readonly seen = new Set<string>();
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly compiled = new Map<string, ValidateFunction>();

  private constructor(readonly api: Published) {
    formats.default.default(this.ajv);
    this.ajv.addSchema(closed({ $id: 'api', components: api.components }) as object);
  }

  static async of(platform: TestPlatform): Promise<PublishedAnswers> {
    const { body } = await platform.request('GET', '/openapi.json', undefined, { token: null });
    return new PublishedAnswers(body);
  }

  /** Routes with this method, `/v1/orders/{id}`, whose query has all of these fields. */
  routes(method: string, ...query: readonly string[]): string[] {
    return Object.entries(this.api.paths)
      .filter(([, item]) => {
        const names = (item[method]?.parameters ?? []).filter((field) => field.in === 'query').map(({ name }) => name);
        return item[method] !== undefined && query.every((name) => names.includes(name));
      })
      .map(([path]) => path);
  }

  /** What an answer has that the description does not say, or lacks that it does. */
  faults(method: string, address: string, { status, headers, body }: HttpReply): string[] {
    const route = this.routeOf(method, address.split('?', 1)[0] as string);
    const response = this.api.paths[route]?.[method]?.responses[status];
    if (response === undefined) return [`${method} ${route}: ${status} is not described: ${JSON.stringify(body)}`];
    const type = (headers.get('content-type') ?? '').split(';', 1)[0] as string;
    const schema = response.content?.[type]?.schema;
    if (schema === undefined) return [`${method} ${route}: ${type} is not described`];
    this.seen.add(`${method} ${route}`);
    const key = `${method} ${route} ${status}`;
    const validate = this.compiled.get(key) ?? this.ajv.compile(closed(schema) as object);
    this.compiled.set(key, validate);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${key} ${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  }

  private routeOf(method: string, path: string): string {
    const parts = path.split('/');
    const fits = (route: string) => {
      const names = route.split('/');
      return names.length === parts.length && names.every((name, at) => name.startsWith('{') || name === parts[at]);
    };
    const found = this.routes(method).filter(fits);
    // `/v1/accounts/duplicates` is no account.
    return found.find((route) => !route.includes('{')) ?? found[0] ?? path;
  }
}

/** The schema with no more fields than it names, and its references inside of the registered document. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === '$ref' && typeof value === 'string' ? value.replace(/^#/, 'api#') : closed(value),
    ]),
  );
  const named = 'type' in copy && copy['type'] === 'object' && 'properties' in copy;
  return named && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
}
