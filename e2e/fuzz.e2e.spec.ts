import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPlatform, type TestPlatform } from '@kontor/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ApiDescription, apiOf, type JsonSchema, type Operation, operationsOf } from './support/open-api.ts';

const RUNS_PER_ROUTE = 30;
const IN_FLIGHT = 16;
/** Thousands of requests on whatever else the machine does. */
const DEADLINE_MS = 300_000;
/** What a validator says by itself: no refusal shows it. */
const VALIDATOR =
  /"(?:reason|detail)":"[^"]*(?:Invalid (?:input|option|string|key|element)|Too (?:big|small)|expected )/;
/** How deep a body goes; beyond it anything stands in for a nested schema. */
const MAX_DEPTH = 4;

const awkwardText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '2026-02-30',
    '9999-12-31',
    '1e999',
    'null',
    '../..',
    "'; --",
    'x'.repeat(5000),
  ),
  fc.uuid(),
  fc.constantFrom('2026-01-31', '2026-01-31T10:00:00Z', 'EUR', 'XXX', 'main', 'customer'),
);
const awkwardNumber = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -1, -0, 1.5, 2 ** 53, -(2 ** 53), 1e308, Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 63),
);
const anything: fc.Arbitrary<unknown> = fc.oneof(
  awkwardText,
  awkwardNumber,
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Values near what a schema asks for, so that they get past its first check, mixed with ones that are not. */
function near(schema: JsonSchema | undefined, api: ApiDescription, depth = 0): fc.Arbitrary<unknown> {
  const resolved =
    schema?.$ref === undefined ? schema : api.components?.schemas?.[schema.$ref.slice('#/components/schemas/'.length)];
  if (resolved === undefined || depth > MAX_DEPTH) return anything;
  const right = (): fc.Arbitrary<unknown> => {
    if (resolved.enum !== undefined) return fc.constantFrom(...resolved.enum);
    if (resolved.anyOf !== undefined) return fc.oneof(...resolved.anyOf.map((one) => near(one, api, depth + 1)));
    if (resolved.properties !== undefined) {
      const fields = Object.fromEntries(
        Object.entries(resolved.properties).map(([name, field]) => [name, near(field, api, depth + 1)]),
      );
      return fc.record(fields, { requiredKeys: depth === 0 ? [] : Object.keys(fields) });
    }
    if (resolved.items !== undefined) return fc.array(near(resolved.items, api, depth + 1), { maxLength: 3 });
    if (resolved.type === 'integer' || resolved.type === 'number')
      return fc.oneof(fc.integer({ min: 0, max: 1000 }), awkwardNumber);
    if (resolved.type === 'boolean') return fc.boolean();
    return awkwardText;
  };
  return fc.oneof({ weight: 5, arbitrary: right() }, { weight: 1, arbitrary: anything });
}

describe('bad input', () => {
  let platform: TestPlatform;
  let api: ApiDescription;
  beforeAll(async () => {
    platform = await startPlatform();
    api = await apiOf(platform);
  });
  afterAll(() => platform.dispose());

  it(
    'of any kind at any route is answered below 500, with a problem document, and logs no fault',
    async () => {
      const seed = Date.now() % 2 ** 31;
      process.stdout.write(`fuzz seed ${seed}\n`);
      const failures: string[] = [];
      const jobs = operationsOf(api).flatMap((operation) =>
        fc.sample(request(operation, api), { numRuns: RUNS_PER_ROUTE, seed }).map((sample) => ({ operation, sample })),
      );
      let next = 0;
      const worker = async () => {
        for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
          const { operation, sample } = job;
          const reply = await send(operation, sample);
          if (reply.status >= 500) failures.push(`${reply.status} ${operation.method} ${sample.url} ${sample.body}`);
          else if (VALIDATOR.test(reply.text)) failures.push(`${operation.method} ${sample.url}: ${reply.text}`);
          else if (reply.status >= 400 && reply.type !== 'application/problem+json; charset=utf-8')
            failures.push(`${reply.status} without a problem document: ${operation.method} ${sample.url}`);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
      expect(failures).toEqual([]);
      expect((await platform.request('GET', '/health/ready')).status).toBe(200);
      const log = (await readFile(join(platform.folder, 'kontor.log'), 'utf8'))
        .split('\n')
        .filter((line) => line !== '');
      const faults = log
        .map((line) => JSON.parse(line) as { level: number; msg: string })
        .filter(({ level }) => level >= 50);
      expect(faults).toEqual([]);
    },
    DEADLINE_MS,
  );

  interface Sample {
    readonly url: string;
    readonly body: string | undefined;
    readonly headers: { readonly [name: string]: string };
  }

  function request(operation: Operation, description: ApiDescription): fc.Arbitrary<Sample> {
    const idText = fc.oneof(fc.uuid(), awkwardText);
    const segments = operation.path
      .split('/')
      .map((part) =>
        part.startsWith('{')
          ? idText.map((id) => (id.isWellFormed() ? encodeURIComponent(id) : '%ED%A0%80'))
          : fc.constant(part),
      );
    const query = fc.dictionary(
      fc.oneof(fc.constantFrom('limit', 'cursor', ...operation.query), fc.string()),
      awkwardText,
      {
        maxKeys: 3,
      },
    );
    const headers = fc.record(
      {
        'idempotency-key': fc.constantFrom('k1', 'k2', 'x'.repeat(300)),
        'if-match': fc.constantFrom('"0"', '"99"', 'W/"1"', 'nonsense', '*'),
      },
      { requiredKeys: [] },
    );
    const body =
      operation.method === 'GET'
        ? fc.constant(undefined)
        : fc.oneof(
            { weight: 8, arbitrary: near(operation.body, description).map((value) => JSON.stringify(value) ?? 'null') },
            {
              weight: 1,
              arbitrary: fc.constantFrom('{', '', 'null', '[]', '"x"', '{"__proto__":{}}', '{"a":1,"a":2}'),
            },
          );
    return fc.tuple(fc.tuple(...segments), query, headers, body).map(([path, parameters, sent, content]) => {
      const search = Object.entries(parameters)
        .filter(([name, value]) => name.isWellFormed() && value.isWellFormed())
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .join('&');
      return {
        url: path.join('/') + (search === '' ? '' : `?${search}`),
        body: content,
        headers: Object.fromEntries<string>(Object.entries(sent).filter(([, value]) => value !== undefined)),
      };
    });
  }

  async function send(
    operation: Operation,
    sample: Sample,
  ): Promise<{ status: number; type: string | null; text: string }> {
    const gone = new AbortController();
    const response = await fetch(`${platform.url}${sample.url}`, {
      method: operation.method,
      signal: gone.signal,
      headers: {
        authorization: `Bearer ${platform.adminToken}`,
        ...(sample.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...sample.headers,
      },
      ...(sample.body === undefined ? {} : { body: sample.body }),
    });
    const { status } = response;
    const text = status >= 400 ? await response.text() : '';
    const answer = { status, type: response.headers.get('content-type'), text };
    // A history that is followed does not end by itself.
    gone.abort();
    return answer;
  }
});
