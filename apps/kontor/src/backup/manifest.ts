import type { CopiedEvent, SealsStamp } from '@kontor/event-store';

export interface ManifestLog {
  readonly service: string;
  readonly logId: string;
  /** Position at which the log was cut: the number of its events. */
  readonly position: string;
  readonly partitionSize: string;
  readonly seals: SealsStamp;
}

/** First frame of a backup. */
export interface Manifest {
  readonly product: string;
  readonly createdAt: string;
  readonly postgres: number;
  readonly withKeys: boolean;
  /** Public keys that the roots are signed with, PEM. */
  readonly sealKeys: string;
  readonly logs: readonly ManifestLog[];
}

/** Position, stream, revision, recorded time, id, type, data, metadata; the last two as text, or base64 where they are none. */
export type EventLine = readonly [string, string, string, string, string, string, BytesText, BytesText];
type BytesText = string | { readonly base64: string };

export function eventLine(event: CopiedEvent): EventLine {
  const { position, stream, revision, recordedAt, eventId, type, data, metadata } = event;
  return [position.toString(), stream, revision.toString(), recordedAt, eventId, type, textOf(data), textOf(metadata)];
}

export function eventOf(line: EventLine): CopiedEvent {
  const [position, stream, revision, recordedAt, eventId, type, data, metadata] = line;
  return {
    ...{ stream, recordedAt, eventId, type, position: BigInt(position), revision: BigInt(revision) },
    ...{ data: bytesOf(data), metadata: bytesOf(metadata) },
  };
}

function textOf(bytes: Uint8Array): BytesText {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return Buffer.from(text).equals(buffer) ? text : { base64: buffer.toString('base64') };
}

function bytesOf(text: BytesText): Buffer {
  return typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.base64, 'base64');
}
