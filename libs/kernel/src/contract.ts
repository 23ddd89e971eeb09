import type { Json } from './refusal.ts';
import type { Schema } from './schema.ts';

/** A published event type: what other services may rely on. `type` is `kontor.<service>.<noun-participle>.v<N>`. */
export interface ContractDefinition<Data = unknown> {
  readonly type: string;
  readonly service: string;
  readonly description: string;
  readonly schema: { readonly [keyword: string]: Json };
  readonly example: Data;
}

export function defineContract<Data>(
  service: string,
  name: string,
  version: number,
  description: string,
  data: Schema<Data>,
  example: NoInfer<Data>,
): ContractDefinition<Data> {
  const type = `kontor.${service}.${name}.v${version}`;
  return {
    type,
    service,
    description,
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:kontor:${service}.${name}.v${version}`,
      ...data.json,
    },
    example,
  };
}

export type ContractData<C> = C extends ContractDefinition<infer Data> ? Data : never;

/**
 * A contract on its way to a consumer: CloudEvents 1.0, structured. `position` and `previousposition` are decimal
 * strings (64 bits); both mean something only together with `logid`. `subject` is the stream's name.
 */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly logid: string;
  readonly position: string;
  /** Position of the record before this one in its partition; "0" for the first. */
  readonly previousposition: string;
  readonly partition: number;
  readonly revision: number;
  readonly recordedat: string;
  readonly businessdate?: string;
  readonly actor: string;
  readonly reason?: string;
  readonly origin: 'person' | 'import' | 'process';
  readonly commandid: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly traceparent?: string;
  readonly data: Data;
}

/** Partitions belong to the contract, not to Kafka: a topic with another count is refused at start. */
export const PARTITIONS = 12;
