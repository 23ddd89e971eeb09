import shared, { type StreamIdentifier, type UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streams, { type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServiceError, type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Proposed, Recorded } from './log.ts';

/** Messages and fields as the client of this protocol reads them; the generated modules are CommonJS. */
export const { Empty } = shared;

export const nameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();

export const identifierOf = (name: string): StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(new Uint8Array(Buffer.from(name)));

export const uuidOf = (uuid: UUID | undefined): string => uuid?.getString().toLowerCase() ?? '';

export const uuid = (text: string): UUID => new shared.UUID().setString(text);

interface WireEvent {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

/** Null when the server would refuse it as not an event. */
export function proposedOf(event: WireEvent): Proposed | null {
  const type = event.getMetadataMap().get('type') ?? '';
  const contentType = event.getMetadataMap().get('content-type');
  const id = uuidOf(event.getId());
  if (type === '' || id === '' || contentType === undefined) return null;
  return {
    id,
    type,
    isJson: contentType === 'application/json',
    data: event.getData_asU8(),
    metadata: event.getCustomMetadata_asU8(),
  };
}

/** What the limit of an append counts. */
export const bytesOf = ({ data, metadata, type }: Proposed): number =>
  data.byteLength + metadata.byteLength + 2 * type.length;

export function eventMessage(recorded: Recorded): ReadResp {
  const position = `${recorded.position}`;
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(uuid(recorded.id))
    .setStreamIdentifier(identifierOf(recorded.stream))
    .setStreamRevision(`${recorded.revision}`)
    .setPreparePosition(position)
    .setCommitPosition(position)
    .setCustomMetadata(recorded.metadata)
    .setData(recorded.data);
  event
    .getMetadataMap()
    .set('type', recorded.type)
    .set('content-type', recorded.isJson ? 'application/json' : 'application/octet-stream')
    .set('created', `${recorded.ticks}`);
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(position));
}

export interface Failure {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

export function failure(code: status, details: string, trailers: Record<string, string> = {}): Failure {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return { code, details, metadata };
}

export const streamDeleted = (stream: string): Failure =>
  failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const notLeader = (host: string, port: number): Failure =>
  failure(status.NOT_FOUND, `Leader info available`, {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': `${port}`,
  });

/** Ends a call of the server's with a status that is not OK. */
export function fail(call: { emit(event: 'error', error: unknown): boolean }, error: Failure): void {
  call.emit('error', error satisfies Partial<ServiceError>);
}

/** Writes and waits until the transport takes more: this is where a slow reader slows the server down. */
export async function send<Reply>(call: ServerWritableStream<unknown, Reply>, reply: Reply): Promise<void> {
  if (call.cancelled || call.write(reply)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'cancelled', 'error']) call.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'cancelled', 'error']) call.once(event, done);
  });
}
