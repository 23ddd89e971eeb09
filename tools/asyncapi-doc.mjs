// docs/asyncapi.yaml: the topics of the services as AsyncAPI 3.0, from the contracts libraries themselves. Run with the SWC
// hook:  node --import ./tools/swc-hook.mjs tools/asyncapi-doc.mjs [--check]
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { writeOrCheck } from './generated.mjs';
import { root, sourceFiles } from './source-files.mjs';

const text = (description, more = {}) => ({ type: 'string', description, ...more });
const decimal = (description) => text(description, { pattern: '^(0|[1-9][0-9]{0,18})$' });

/** CloudEvents 1.0 in Kafka's binary mode: what every record carries besides its data. */
function headers(partitions) {
  const required = {
    'content-type': { const: 'application/json' },
    ce_specversion: { const: '1.0' },
    ce_id: text('Id of the event, the same at every repetition', { format: 'uuid' }),
    ce_source: text('`/kontor/<service>`'),
    ce_type: text('Name and version of the contract'),
    ce_subject: text('The stream, which is the key of the record too'),
    ce_time: text('When it happened', { format: 'date-time' }),
    ce_logid: text('The log that the positions belong to; after a change of the log they mean something else'),
    ce_position: decimal('Position in the log of the service. First occurrences rise within a partition'),
    ce_previousposition: decimal('Position of the event before in this partition; who has not seen it reads history'),
    ce_partition: text(`murmur2(subject) mod ${partitions}`),
    ce_revision: text('Number of the event in its stream, from 0'),
    ce_recordedat: text('When the store recorded it, to the microsecond', { format: 'date-time' }),
    ce_actor: text('Who caused it'),
    ce_origin: { enum: ['person', 'import', 'process'] },
    ce_commandid: text('The command that it answers', { format: 'uuid' }),
    ce_correlationid: text('The conversation it belongs to', { format: 'uuid' }),
  };
  const optional = {
    ce_businessdate: text('The date that figures count it on', { format: 'date' }),
    ce_reason: text('Why somebody did it'),
    ce_causationid: text('The event that a process answered', { format: 'uuid' }),
    ce_traceparent: text('W3C trace context'),
  };
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

/** Not an event of the business: how far a partition reaches. */
function watermark() {
  return {
    name: 'kontor.feed.watermark.v1',
    title: 'Watermark',
    summary:
      'Nothing at or below its position is still to come in this partition. To every partition when the log has moved, at most once a second. Consumers that do not keep positions pass it over by its type.',
    contentType: 'application/json',
    headers: {
      type: 'object',
      required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_logid', 'ce_position', 'ce_previousposition'],
      properties: {
        ce_specversion: { const: '1.0' },
        ce_id: text('`<logid>/<partition>/<position>`'),
        ce_source: text('`/kontor/<service>`'),
        ce_type: { const: 'kontor.feed.watermark.v1' },
        ce_logid: text('The log that the positions belong to'),
        ce_position: decimal('How far the partition reaches'),
        ce_previousposition: decimal('Position of the last event in this partition'),
        ce_recordedat: text('When the last event at or below was recorded', { format: 'date-time' }),
      },
    },
    payload: { type: 'object', additionalProperties: false },
  };
}

/**
 * @param {{ context: string, contracts: { type: string, description: string, schema: object, example: object }[] }[]} services
 * @param {number} partitions
 */
export function asyncApiDocument(services, partitions) {
  const publishing = services.filter(({ contracts }) => contracts.length > 0);
  const sorted = (contracts) => contracts.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  const channels = publishing.map(({ context, contracts }) => [
    context,
    {
      address: `kontor.${context}`,
      title: `Events of ${context}`,
      messages: Object.fromEntries(
        [...sorted(contracts).map(({ type }) => type), 'kontor.feed.watermark.v1'].map((type) => [
          type,
          { $ref: `#/components/messages/${type}` },
        ]),
      ),
      bindings: {
        kafka: {
          topic: `kontor.${context}`,
          partitions,
          topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': 604_800_000 },
          bindingVersion: '0.5.0',
        },
      },
    },
  ]);
  const operations = publishing.map(({ context }) => [
    `publish-${context}`,
    {
      action: 'send',
      channel: { $ref: `#/channels/${context}` },
      summary: `The relay of ${context}, in the order of its log, acknowledged by all replicas`,
    },
  ]);
  const messages = publishing.flatMap(({ contracts }) =>
    sorted(contracts).map(({ type, description, schema, example }) => [
      type,
      {
        name: type,
        summary: description,
        contentType: 'application/json',
        headers: { $ref: '#/components/schemas/headers' },
        payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema },
        examples: [{ payload: example }],
        bindings: { kafka: { key: { type: 'string', description: 'The stream' }, bindingVersion: '0.5.0' } },
      },
    ]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Kontor',
      version: '1.0.0',
      description:
        'What the services publish on Kafka. Generated by `npm run docs` from `libs/*/contracts`; a stale copy fails `npm test`.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: {
      schemas: { headers: headers(partitions) },
      messages: Object.fromEntries([...messages, ['kontor.feed.watermark.v1', watermark()]]),
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const load = (path) => import(pathToFileURL(join(root, path)).href);
  const services = [];
  for (const path of sourceFiles(/^libs\/[^/]+\/contracts\/src\/index\.ts$/)) {
    const { contracts = [] } = await load(path);
    services.push({ context: path.split('/')[1], contracts });
  }
  const { PARTITIONS } = await load('libs/kernel/src/contract.ts');
  const document = stringify(asyncApiDocument(services, PARTITIONS), {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    singleQuote: true,
  });
  writeOrCheck('docs/asyncapi.yaml', document);
}
