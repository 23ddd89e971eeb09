import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

/** OpenAPI 3.1 from the code at /openapi.json, and a page to read it at /docs. */
export function describeApi(nest: NestFastifyApplication, version: string): void {
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
  SwaggerModule.setup('docs', nest, document, {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Kontor API',
  });
}

// Nest asks zod for OpenAPI 3.0 schemas even in a 3.1 document; this gives it draft 2020-12.
function jsonSchemaOf(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: schemaType, unrepresentable: 'any' });
  const id = schema.meta()?.id;
  const components = { ...$defs } as Record<string, object>;
  if (id === undefined || '$ref' in rest) return { schema: rest, components };
  const { id: _id, ...body } = rest;
  return { schema: { $ref: `#/components/schemas/${id}` }, components: { ...components, [id]: body } };
}
