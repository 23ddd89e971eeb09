import { type CloudEvent, PARTITIONS, partitionOf } from '@kontor/kernel';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';

/** Says how far a partition reaches; a CloudEvent too, so that a foreign consumer can pass it over by its type. */
export const WATERMARK_TYPE = 'kontor.feed.watermark.v1';

/** On every record that a replay has brought to a topic of its own: its id. Live topics hold none. */
export const REPLAY_HEADER = 'ce_replayid';

export interface WatermarkRecord {
  readonly logId: string;
  readonly position: string;
  /** Position of the last event in the partition. */
  readonly previous: string;
  readonly recordedAt: string | null;
}

export type FeedRecord =
  | { readonly kind: 'event'; readonly event: CloudEvent }
  | { readonly kind: 'watermark'; readonly watermark: WatermarkRecord };

/** A record that nobody of ours has written, or that was damaged on the way. */
export class UnreadableRecord extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadableRecord';
  }
}

const REQUIRED = [
  ...['id', 'source', 'type', 'subject', 'time', 'logid', 'position', 'previousposition', 'partition'],
  ...['revision', 'recordedat', 'actor', 'origin', 'commandid', 'correlationid'],
] as const;
const OPTIONAL = ['businessdate', 'reason', 'causationid', 'traceparent'] as const;
const POSITION = /^(0|[1-9][0-9]{0,18})$/;

/** CloudEvents in Kafka's binary mode: attributes are headers `ce_…`, the data is the value. */
export function toRecord(event: CloudEvent): Message {
  const headers: IHeaders = { 'content-type': event.datacontenttype, ce_specversion: event.specversion };
  for (const name of REQUIRED) headers[`ce_${name}`] = String(event[name]);
  for (const name of OPTIONAL) {
    const value = event[name];
    if (value !== undefined) headers[`ce_${name}`] = value;
  }
  return { key: event.subject, partition: event.partition, headers, value: JSON.stringify(event.data) };
}

export function toWatermark(service: string, partition: number, watermark: WatermarkRecord): Message {
  const { logId, position, previous, recordedAt } = watermark;
  return {
    key: null,
    partition,
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: `${logId}/${partition}/${position}`,
      ce_source: `/kontor/${service}`,
      ce_type: WATERMARK_TYPE,
      ce_logid: logId,
      ce_position: position,
      ce_previousposition: previous,
      ...(recordedAt !== null && { ce_recordedat: recordedAt }),
    },
    value: '{}',
  };
}

/** Throws UnreadableRecord. */
export function fromRecord(service: string, partition: number, message: KafkaMessage): FeedRecord {
  const { headers = {} } = message;
  const optional = (name: string): string | undefined => {
    const value = headers[name];
    if (Array.isArray(value)) throw new UnreadableRecord(`the header ${name} is there ${value.length} times`);
    return value === undefined ? undefined : value.toString();
  };
  const required = (name: string): string => {
    const value = optional(`ce_${name}`);
    if (value === undefined || value === '') throw new UnreadableRecord(`the header ce_${name} is missing`);
    return value;
  };
  if (required('specversion') !== '1.0') throw new UnreadableRecord('it is no CloudEvent of version 1.0');
  const source = `/kontor/${service}`;
  if (required('source') !== source) throw new UnreadableRecord(`its source is not ${source}`);
  const replay = optional(REPLAY_HEADER);
  if (replay !== undefined) throw new UnreadableRecord(`it belongs to the replay ${replay}, not to a live topic`);
  const position = required('position');
  const previous = required('previousposition');
  if (!POSITION.test(position) || !POSITION.test(previous)) throw new UnreadableRecord('its positions are no numbers');
  if (required('type') === WATERMARK_TYPE) {
    const recordedAt = optional('ce_recordedat') ?? null;
    return { kind: 'watermark', watermark: { logId: required('logid'), position, previous, recordedAt } };
  }
  if (BigInt(previous) >= BigInt(position)) throw new UnreadableRecord('it names a predecessor that is none');

  const event: Record<string, unknown> = { specversion: '1.0', datacontenttype: 'application/json' };
  for (const name of REQUIRED) event[name] = required(name);
  for (const name of OPTIONAL) {
    const value = optional(`ce_${name}`);
    if (value !== undefined) event[name] = value;
  }
  event.revision = wholeNumber(required('revision'), 'revision');
  event.partition = wholeNumber(required('partition'), 'partition');
  if (event.partition !== partition || partitionOf(required('subject'), PARTITIONS) !== partition)
    throw new UnreadableRecord('it lies in a partition that is not its own');
  event.data = jsonOf(message.value);
  // Every field of a CloudEvent was read above; their values are the publisher's and no key of this process.
  return { kind: 'event', event: event as unknown as CloudEvent };
}

function wholeNumber(text: string, name: string): number {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) throw new UnreadableRecord(`its ${name} is no number`);
  return Number(text);
}

function jsonOf(value: Buffer | null): unknown {
  if (value === null) throw new UnreadableRecord('it has no value');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value)) as unknown;
  } catch {
    throw new UnreadableRecord('its value is no JSON');
  }
}
