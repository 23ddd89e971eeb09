import type { TestPlatform } from '@kontor/testing';

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly body: JsonSchema | undefined;
  readonly query: readonly string[];
}

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly format?: string;
}

export interface ApiDescription {
  readonly openapi: string;
  readonly components?: { readonly schemas?: { readonly [name: string]: JsonSchema } };
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly summary?: string;
        readonly parameters?: readonly { readonly in: string; readonly name: string }[];
        readonly requestBody?: { readonly content: { readonly 'application/json'?: { readonly schema: JsonSchema } } };
      };
    };
  };
}

export async function apiOf(platform: TestPlatform): Promise<ApiDescription> {
  const { body } = await platform.request('GET', '/openapi.json', undefined, { token: null });
  return body;
}

export function operationsOf(api: ApiDescription): Operation[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      body: operation.requestBody?.content['application/json']?.schema,
      query: (operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name),
    })),
  );
}
