import type { Json } from './refusal.ts';

/** A JSON Schema (draft 2020-12) that carries the TypeScript type of the values it describes. */
export interface Schema<Value> {
  readonly json: { readonly [keyword: string]: Json };
  readonly optional?: boolean;
  /** Never present at run time: it only carries the type. */
  readonly _value?: Value;
}

export type Infer<S> = S extends Schema<infer Value> ? Value : never;

type Fields = { readonly [name: string]: Schema<unknown> };
type RequiredKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { readonly optional: true } ? never : K;
}[keyof F];
type OptionalKeys<F extends Fields> = Exclude<keyof F, RequiredKeys<F>>;
export type ObjectOf<F extends Fields> = {
  readonly [K in RequiredKeys<F>]: Infer<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: Infer<F[K]> };

function schema<Value>(json: { readonly [keyword: string]: Json }): Schema<Value> {
  return { json };
}

export const text = (description?: string): Schema<string> => schema(described({ type: 'string' }, description));
export const uuid = (description?: string): Schema<string> =>
  schema(described({ type: 'string', format: 'uuid' }, description));
export const date = (description?: string): Schema<string> =>
  schema(described({ type: 'string', format: 'date' }, description));
export const instant = (description?: string): Schema<string> =>
  schema(described({ type: 'string', format: 'date-time' }, description));
export const integer = (description?: string): Schema<number> => schema(described({ type: 'integer' }, description));
export const flag = (description?: string): Schema<boolean> => schema(described({ type: 'boolean' }, description));
export const oneOf = <const Values extends readonly string[]>(
  values: Values,
  description?: string,
): Schema<Values[number]> => schema(described({ type: 'string', enum: [...values] }, description));

export const nullable = <Value>(inner: Schema<Value>): Schema<Value | null> =>
  schema({ anyOf: [inner.json, { type: 'null' }] });
export const list = <Value>(items: Schema<Value>, description?: string): Schema<readonly Value[]> =>
  schema(described({ type: 'array', items: items.json }, description));
export const record = <Value>(values: Schema<Value>): Schema<{ readonly [key: string]: Value }> =>
  schema({ type: 'object', additionalProperties: values.json });

/** A field that a record of an older producer may lack. */
export const optional = <Value>(inner: Schema<Value>): Schema<Value> & { readonly optional: true } => ({
  json: inner.json,
  optional: true,
});

/** Consumers must accept fields that they do not know, so `additionalProperties` stays open. */
export function object<F extends Fields>(fields: F, description?: string): Schema<ObjectOf<F>> {
  const names = Object.keys(fields);
  return schema(
    described(
      {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, (fields[name] as Schema<unknown>).json])),
        required: names.filter((name) => fields[name]?.optional !== true),
      },
      description,
    ),
  );
}

export const moneySchema = object({ amountMinor: integer('minor units'), currency: text('ISO 4217') });
export const scaledSchema = object({ value: integer(), scale: integer('0 to 6 decimal places') });

/** A personal field as published: readable only with the subject's key. Null when the field was empty. */
export const sealedText = (description?: string): Schema<SealedText | null> =>
  schema(
    described(
      {
        anyOf: [
          {
            type: 'object',
            properties: { sealed: { type: 'string' }, subject: { type: 'string' } },
            required: ['sealed', 'subject'],
          },
          { type: 'null' },
        ],
      },
      description,
    ),
  );
export interface SealedText {
  readonly sealed: string;
  readonly subject: string;
}

function described(
  json: { readonly [keyword: string]: Json },
  description: string | undefined,
): { readonly [keyword: string]: Json } {
  return description === undefined ? json : { ...json, description };
}
