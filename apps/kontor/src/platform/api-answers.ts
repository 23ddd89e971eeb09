/** What routes answer, for the description of the API: the shapes that others program against. */

export type Schema = Readonly<Record<string, unknown>>;
export type AnswerContent = Readonly<Record<string, { readonly schema: Schema }>>;

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };
const date: Schema = { type: 'string', format: 'date' };
const instant: Schema = { type: 'string', format: 'date-time' };
const link: Schema = { type: 'string', description: 'Address that lists the events behind the figure.' };
const figure: Schema = { type: ['string', 'null'], description: 'Two decimals; null where nothing can be divided.' };
const M: Schema = { $ref: '#/components/schemas/Money' };

function list(items: Schema): Schema {
  return { type: 'array', items };
}
/** Fields that are always there; an answer may have more beside them, so a client must not refuse what it does not know. */
function object(properties: { readonly [name: string]: Schema }, more: Schema = {}): Schema {
  return { type: 'object', properties, required: Object.keys(properties), ...more };
}

const moment = {
  asOf: date,
  asKnownAt: instant,
  positions: {
    type: 'object',
    additionalProperties: text,
    description: 'Service → position of its log, as decimal text.',
  },
  scope: {
    type: 'string',
    description: 'What the figures were made for: all, or the owners whose clients they count.',
  },
};

export const answerSchemas: { readonly [name: string]: Schema } = {
  Problem: {
    type: 'object',
    description: 'Problem details (RFC 9457). `code` says which refusal it is, `errors` names fields with the reason.',
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      detail: text,
      code: { type: 'string', examples: ['CreditLimitExceeded', 'InvalidRequest', 'NotGranted', 'StaleRevision'] },
      instance: text,
      facts: { type: 'object', description: 'What it was decided on.' },
      errors: list(object({ field: text, reason: text })),
    },
    required: ['type', 'title', 'status', 'detail', 'code'],
  },
  Receipt: {
    type: 'object',
    description:
      'Revision of the stream and position in the log, as decimal text; the token makes a query wait for this change. ' +
      '`id` is there for what was made.',
    properties: { id: text, revision: text, position: text, consistencyToken: text },
    required: ['revision', 'position', 'consistencyToken'],
  },
  Page: object(
    {
      items: list({ type: 'object' }),
      next: { type: ['string', 'null'], description: 'Cursor of the next page; null on the last one.' },
      asKnownAt: { ...instant, description: 'The moment of all pages, fixed by the first.' },
    },
    { description: 'A page by (sort key, id). All pages are of one moment.' },
  ),
  Ageing: object({
    ...moment,
    currencies: list(
      object({
        currency: text,
        items: count,
        outstanding: M,
        charges: M,
        unallocated: M,
        total: M,
        buckets: {
          ...list(
            object({
              bucket: { enum: ['not-due', '1-30', '31-60', '61-90', '91-120', 'over-120'] },
              items: count,
              amount: M,
              explain: link,
            }),
          ),
          minItems: 6,
          maxItems: 6,
        },
      }),
    ),
  }),
  Pipeline: object({
    ...moment,
    stages: list(
      object({
        stage: text,
        kind: { enum: ['open', 'on-hold', 'won', 'lost'] },
        currency: text,
        deals: count,
        amount: M,
        weighted: M,
        explain: link,
      }),
    ),
    forecast: list(
      object({
        month: { type: 'string', description: 'YYYY-MM of the expected close, or `undated`.' },
        currency: text,
        deals: count,
        weighted: M,
        explain: link,
      }),
    ),
    winRate: figure,
  }),
  Collection: object({
    ...moment,
    to: date,
    days: count,
    currencies: list(
      object({
        currency: text,
        opening: M,
        sales: M,
        end: M,
        notDue: M,
        dso: figure,
        bestPossibleDso: figure,
        daysDelinquent: figure,
        cei: figure,
      }),
    ),
  }),
};

/** Routes whose answer has a shape of its own. */
const ownShape: { readonly [route: string]: string } = {
  'get /v1/insights/ageing': 'Ageing',
  'get /v1/insights/pipeline': 'Pipeline',
  'get /v1/insights/collection': 'Collection',
};

/** Routes that answer something else than JSON. */
const ownMediaType: { readonly [route: string]: string } = {
  'get /metrics': 'text/plain',
  'get /v1/history/{service}': 'application/x-ndjson',
  'get /v1/dunning/notices/{id}/content': 'text/plain',
};

const NOT_A_COMMAND = /^\/v1\/(platform|imports)\//;

/** Media type and schema of what a route answers when it does what was asked. */
export function answerOf(method: string, path: string, parameters: ReadonlySet<string>): AnswerContent {
  const route = `${method} ${path}`;
  const mediaType = ownMediaType[route];
  if (mediaType !== undefined) return { [mediaType]: { schema: text } };
  const shape = ownShape[route] ?? usualShape(method, path, parameters);
  return { 'application/json': { schema: shape === undefined ? { type: 'object' } : reference(shape) } };
}

export const problemContent: AnswerContent = { 'application/problem+json': { schema: reference('Problem') } };

function usualShape(method: string, path: string, parameters: ReadonlySet<string>): string | undefined {
  if (parameters.has('cursor')) return 'Page';
  return method === 'post' && !NOT_A_COMMAND.test(path) ? 'Receipt' : undefined;
}

function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
