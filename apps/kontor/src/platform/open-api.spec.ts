import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { zWhole } from '@kontor/http';
import { z } from 'zod';
import { describeAnswers, jsonSchemaOf } from './open-api.ts';

const bare = () => ({ responses: { '200': { description: '' } } });
const document = () =>
  ({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    components: { schemas: { Problem: { type: 'string' } } },
    paths: {
      '/metrics': { get: bare() },
      '/v1/orders': {
        get: { ...bare(), parameters: ['cursor', 'consistentWith'].map((name) => ({ name, in: 'query' })) },
        post: { responses: { '201': { description: 'Placed.' } } },
      },
      '/v1/orders/{id}/cancel': { post: bare() },
      '/v1/orders/{id}': { get: bare() },
      '/v1/imports/runs': { post: bare() },
      '/v1/insights/ageing': { get: bare() },
    },
  }) as unknown as OpenAPIObject;

type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string; readonly properties?: object } }>>;
/** The name of a shape, or the fields of one that has none. */
const told = (schema: Content[string]['schema']) => schema.$ref ?? Object.keys(schema.properties ?? {});
const reference = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });

describe('the description of the API', () => {
  it('X-07: says of every route what it answers, and that every refusal is a problem document', () => {
    const described = document();
    describeAnswers(described);
    const { paths } = described;
    const answers = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries({ get: item.get, post: item.post }).flatMap(([method, operation]) => {
        const { '4XX': refused, ...rest } = (operation?.responses ?? {}) as {
          readonly [status: string]: { readonly content?: object };
        };
        if (operation === undefined) return [];
        expect(refused?.content).toEqual({ 'application/problem+json': reference('Problem') });
        const { 'application/json': json, ...other } = { ...(rest['200'] ?? rest['201'])?.content } as Content;
        return [[method, path, json === undefined ? other : told(json.schema)]];
      }),
    );
    expect(answers).toEqual([
      ['get', '/metrics', { 'text/plain': { schema: { type: 'string' } } }],
      ['get', '/v1/orders', ['items', 'next', 'asKnownAt']],
      ['post', '/v1/orders', ['id', 'revision', 'position', 'consistencyToken', 'number']],
      ['post', '/v1/orders/{id}/cancel', '#/components/schemas/Receipt'],
      ['get', '/v1/orders/{id}', '#/components/schemas/Order'],
      ['post', '/v1/imports/runs', ['runId', 'date']],
      ['get', '/v1/insights/ageing', '#/components/schemas/Ageing'],
    ]);
    expect(paths['/v1/orders']?.post?.parameters).toMatchObject([{ name: 'Idempotency-Key' }, { name: 'If-Match' }]);
    expect(Object.keys(paths['/v1/orders/{id}']?.get?.responses ?? {})).toEqual(['200', '304', '4XX']);
    expect(Object.keys(paths['/v1/orders']?.get?.responses ?? {})).toEqual(['200', '503', '4XX']);
    expect(paths['/v1/orders']?.post?.responses['201']).toMatchObject({ description: 'Placed.' });
  });

  it('X-07: says of a number in an address that it is one, between which bounds, and what it is when it is not there', () => {
    const described = jsonSchemaOf(z.strictObject({ limit: zWhole(1, 500).default(50).describe('Page size.') }), {
      schemaType: 'input',
    });
    const limit = { type: 'integer', minimum: 1, maximum: 500, default: 50, description: 'Page size.' };
    expect(described?.schema).toMatchObject({ type: 'object', properties: { limit } });
  });

  it('leaves what the code itself describes as it is', () => {
    const described = document();
    describeAnswers(described);
    expect(described.components?.schemas?.['Problem']).toEqual({ type: 'string' });
    expect(Object.keys(described.components?.schemas ?? {})).toContain('Receipt');
  });
});
