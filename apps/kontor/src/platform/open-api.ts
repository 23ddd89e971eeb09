import { readsTheLog } from '@kontor/http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { alsoAnswered, answerOf, answerSchemas, problemContent } from './api-answers.ts';

/** OpenAPI 3.1 from the code at /openapi.json, and a page to read it at /docs. */
export function describeApi(
  nest: NestFastifyApplication,
  version: string,
  /** Of a process that runs beside others: what it answers for, so that the origin in front of them finds it. */
  own?: { readonly subscriptions: readonly string[] },
): void {
  const document = SwaggerModule.createDocument(
    nest,
    new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Kontor')
      .setDescription(
        'Sales operations: accounts, orders, receivables, warranty, and the figures over them as of any day. ' +
          'Every refusal is a problem document (RFC 9457) with a code. Commands take Idempotency-Key and If-Match.',
      )
      .setVersion(version)
      .addBearerAuth()
      .addSecurityRequirements('bearer')
      .build(),
    { standardSchemaConverter: jsonSchemaOf },
  );
  describeAnswers(document);
  if (own !== undefined) Object.assign(document, { 'x-kontor': own });
  SwaggerModule.setup('docs', nest, document, {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Kontor API',
  });
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];

const header = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});
const commandHeaders = [
  header(
    'Idempotency-Key',
    'A repeat with the same key and body gets the first answer; with another body it is refused (422 IdempotencyKeyReused).',
  ),
  header('If-Match', 'ETag of what was read: the command is refused when it has changed since.'),
];
/** What no stream remembers: acts of administrators, rows of imports (known by what they say), runs (by their dates). */
const NOT_REMEMBERED = /^\/v1\/(platform\/(?!erasures$)|imports\/(crm|receivables)\/|dunning\/runs$)/;
const actHeaders = [
  header(
    'Idempotency-Key',
    'With another body than it came with first it is refused (422 IdempotencyKeyReused). A repeat with the same body is asked anew.',
  ),
];
/** What is folded from one stream has its revision as ETag. */
const WITH_ETAG = /^\/v1\/(?!insights|platform|deliveries|dunning\/runs)[a-z/-]+\/\{(id|productId)\}$/;
const readHeaders = [header('If-None-Match', 'ETags that the caller has: 304 when one of them is still right.')];
const tokenInQuery: Parameter = {
  name: 'consistentWith',
  in: 'query',
  required: false,
  description:
    'Consistency token of a receipt. This is read from the log itself, so the change is in the answer anyway.',
  schema: { type: 'string' },
};

/**
 * What all routes have in common is said here once: the headers, the shape of what they answer, and that every refusal is a
 * problem document. What a route says itself stands.
 */
export function describeAnswers(document: OpenAPIObject): void {
  const schemas = (document.components ??= {}).schemas ?? {};
  document.components.schemas = { ...(answerSchemas as typeof schemas), ...schemas };
  for (const [path, item] of Object.entries(document.paths)) {
    if (item.get !== undefined) describeOperation('get', path, item.get, WITH_ETAG.test(path) ? readHeaders : []);
    if (item.post !== undefined)
      describeOperation('post', path, item.post, NOT_REMEMBERED.test(path) ? actHeaders : commandHeaders);
  }
}

function describeOperation(method: string, path: string, operation: Operation, headers: readonly Parameter[]): void {
  const parameters = operation.parameters ?? [];
  const names = new Set(parameters.map((parameter) => ('name' in parameter ? parameter.name : '')));
  const queryless = !parameters.some((parameter) => 'in' in parameter && parameter.in === 'query');
  const token = queryless && readsTheLog(method, path) ? [tokenInQuery] : [];
  operation.parameters = [...parameters, ...token, ...headers];
  const responses: Operation['responses'] = {};
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response === undefined || '$ref' in response) continue;
    responses[status] = {
      content: answerOf(method, path),
      ...response,
      description: response.description || 'Done.',
    };
  }
  for (const [status, response] of Object.entries(alsoAnswered[`${method} ${path}`] ?? {}))
    responses[status] = response;
  if (headers === readHeaders) responses['304'] = { description: 'What the caller has is still right.' };
  responses['4XX'] = { description: 'Refused: nothing has changed.', content: problemContent };
  if (names.has('consistentWith'))
    responses['503'] = {
      description:
        'ProjectionBehind: not there within 5 s. ProjectionBuilding: after an upgrade. Retry-After says when.',
      content: problemContent,
    };
  operation.responses = responses;
}

/** A number in an address is a text that is made one: zod withholds its default, which is the same in either form. */
function withDefault({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }): void {
  const { def } = zodSchema._zod;
  if (def.type === 'default' && typeof def.defaultValue === 'number')
    Object.assign(jsonSchema, { default: def.defaultValue });
}

// Nest asks zod for OpenAPI 3.0 schemas even in a 3.1 document; this gives it draft 2020-12.
export function jsonSchemaOf(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: schemaType,
    unrepresentable: 'any',
    override: withDefault,
  });
  const id = schema.meta()?.id;
  const components = { ...$defs } as Record<string, object>;
  if (id === undefined || '$ref' in rest) return { schema: rest, components };
  const { id: _id, ...body } = rest;
  return { schema: { $ref: `#/components/schemas/${id}` }, components: { ...components, [id]: body } };
}
