/** JSON Schema (2020-12) of what routes answer, in few words. */
export type Schema = Readonly<Record<string, unknown>>;
/** By component name. */
export type Schemas = Readonly<Record<string, Schema>>;
/** By `get /v1/orders/{id}`. */
export type AnswersByRoute = Readonly<Record<string, Schema>>;

export const text: Schema = { type: 'string' };
export const uuid: Schema = { type: 'string', format: 'uuid' };
export const date: Schema = { type: 'string', format: 'date' };
export const instant: Schema = { type: 'string', format: 'date-time' };
export const digits: Schema = { type: 'string', pattern: '^\\d+$', description: 'A whole number as decimal text.' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const whole: Schema = { type: 'integer' };
export const flag: Schema = { type: 'boolean' };
export const rate: Schema = { type: 'integer', minimum: 0, maximum: 100_000, description: 'In 1/100 000.' };
export const figure: Schema = {
  type: ['string', 'null'],
  description: 'Two decimals; null where nothing can be divided.',
};
export const link: Schema = { type: 'string', description: 'Address that lists the events behind the figure.' };
export const M: Schema = reference('Money');
/** What a sum or a movement is may also be owed by us. */
export const signed: Schema = reference('SignedMoney');
export const quantity: Schema = reference('Scaled');

export function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

export function one(...values: readonly string[]): Schema {
  return { enum: values };
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function mapOf(values: Schema, description: string): Schema {
  return { type: 'object', additionalProperties: values, description };
}

/** Fields that are always there; an answer may have more beside them, so a client must not refuse what it does not know. */
export function object(properties: Schemas, more: Schema = {}): Schema {
  return { type: 'object', properties, required: Object.keys(properties), ...more };
}

/** A page by (sort key, id) of items, with what is said about all of them beside. */
export function page(items: Schema, beside: Schemas = {}): Schema {
  return object(
    {
      ...beside,
      items: list(items),
      next: { type: ['string', 'null'], description: 'Cursor of the next page; null on the last one.' },
      asKnownAt: { ...instant, description: 'The moment of all pages, fixed by the first.' },
    },
    { description: 'A page by (sort key, id). All pages are of one moment: rows, fields and filters.' },
  );
}

/** What a command answers, with what it made beside. */
export function receipt(beside: Schemas = {}): Schema {
  return {
    type: 'object',
    description:
      'Revision of the stream and position in the log, as decimal text; the token makes a query wait for this change. ' +
      '`id` is there for what was made.',
    properties: { id: uuid, revision: digits, position: digits, consistencyToken: text, ...beside },
    required: ['revision', 'position', 'consistencyToken', ...Object.keys(beside)],
  };
}
