import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, type AppendToStreamOptions, type BinaryEventData } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { endOf } from '../child.ts';
import { eventually } from '../probe.ts';
import { eventStoreDbDouble, type EventStoreDbDouble } from './double.ts';
import { failure, notLeader } from './wire.ts';

/** The numbers are those of docs/eventstoredb.md: the real client against the double. */
let double: EventStoreDbDouble;
let client: EventStoreDBClient;
beforeAll(async () => {
  double = await eventStoreDbDouble();
  client = EventStoreDBClient.connectionString(double.url);
});
afterAll(async () => {
  await client.dispose();
  await double.stop();
});

const event = (size = 2, id: string = randomUUID()): BinaryEventData => ({
  id,
  type: 'tests.Happened.v1',
  contentType: 'application/octet-stream',
  data: new Uint8Array(Buffer.alloc(size, 'x')),
  metadata: undefined,
});
const events = (count: number): BinaryEventData[] => Array.from({ length: count }, () => event());
const newStream = (): string => `thing-${randomUUID()}`;
const failed = (work: Promise<unknown>): Promise<Record<string, unknown>> =>
  work.then(
    () => ({ type: 'none' }),
    (error: unknown) => error as Record<string, unknown>,
  );
const idsIn = async (stream: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { event: read } of client.readStream(stream)) ids.push(read?.id ?? '');
  return ids;
};

describe.each([
  ['batch', {}],
  ['unary', { credentials: { username: 'u', password: 'p' } }],
])('the double answers %s appends as the server does', (_, way: AppendToStreamOptions) => {
  const append = (
    stream: string,
    expectedRevision: NonNullable<AppendToStreamOptions['expectedRevision']>,
    list: BinaryEventData[],
  ): ReturnType<EventStoreDBClient['appendToStream']> =>
    client.appendToStream(stream, list, { ...way, expectedRevision });

  it('1-4: expected revisions that hold and that do not', async () => {
    const stream = newStream();
    const first = await append(stream, 'no_stream', events(2));
    expect([first.success, first.nextExpectedRevision]).toEqual([true, 1n]);
    expect(first.position?.commit).toBe(double.log.stream(stream).events[1]?.position);
    expect(await failed(append(stream, 'no_stream', events(1)))).toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 1n,
      expectedVersion: 'no_stream',
    });
    expect((await append(stream, 1n, events(1))).nextExpectedRevision).toBe(2n);
    expect(await failed(append(stream, 9n, events(1)))).toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 2n,
    });
    expect(await failed(append(newStream(), 0n, events(1)))).toMatchObject({ actualVersion: 'no_stream' });
  });

  it('5-9: repeated appends under exact expectations', async () => {
    const stream = newStream();
    const [e1, e2] = [event(), event()];
    const one = await append(stream, 'no_stream', [e1, e2]);
    const more = events(2);
    const two = await append(stream, 1n, more);
    await append(stream, 3n, events(1));
    expect(await append(stream, 'no_stream', [e1, e2])).toEqual(one);
    expect(await append(stream, 1n, more)).toEqual(two);
    expect((await append(stream, 'no_stream', [e1])).nextExpectedRevision).toBe(0n);
    expect(await failed(append(stream, 'no_stream', [e1, e2, event()]))).toMatchObject({ actualVersion: 4n });
    expect(await failed(append(stream, 1n, [event(), e2]))).toMatchObject({ type: 'wrong-expected-version' });
    expect(await idsIn(stream)).toHaveLength(5);
    expect((await append(stream, 'any', [event(), e2])).nextExpectedRevision).toBe(6n);
    // 48: the same events at the new revision are written again. That is why a retry keeps its first expectation.
    expect((await append(stream, 6n, more)).nextExpectedRevision).toBe(8n);
  });

  it('10-13: any and stream_exists', async () => {
    const [stream, other] = [newStream(), newStream()];
    const list = events(2);
    await append(stream, 'any', list);
    expect((await append(stream, 'any', list)).nextExpectedRevision).toBe(1n);
    expect((await append(other, 'any', list)).nextExpectedRevision).toBe(1n);
    expect(await failed(append(newStream(), 'stream_exists', events(1)))).toMatchObject({
      type: 'wrong-expected-version',
    });
    await client.deleteStream(stream);
    expect(await failed(append(stream, 'stream_exists', events(1)))).toMatchObject({ type: 'stream-deleted' });
    const named = newStream();
    await client.setStreamMetadata(named, { owner: 'nobody' });
    expect((await append(named, 'stream_exists', events(1))).nextExpectedRevision).toBe(0n);
  });

  it('14: an empty list moves nothing', async () => {
    const stream = newStream();
    await append(stream, 'no_stream', events(3));
    expect((await append(stream, 2n, [])).nextExpectedRevision).toBe(2n);
    expect((await append(newStream(), 'no_stream', [])).nextExpectedRevision).toBe(0n);
  });

  it('16: an append above the limit is refused whole', async () => {
    const stream = newStream();
    const typeBytes = 2 * event().type.length;
    await append(stream, 'no_stream', [event(1_048_576 - typeBytes)]);
    expect(await failed(append(stream, 0n, [event(1_048_577 - typeBytes)]))).toMatchObject({
      type: 'maximum-append-size-exceeded',
    });
    expect(await failed(append(stream, 0n, [event(900_000), event(900_000)]))).toMatchObject({
      type: 'maximum-append-size-exceeded',
    });
    expect(await idsIn(stream)).toHaveLength(1);
  });

  it('18, 20: of concurrent appends at one revision one wins, and every promise gets its own answer', async () => {
    const stream = newStream();
    const settled = await Promise.allSettled(Array.from({ length: 10 }, () => append(stream, 'no_stream', events(1))));
    expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const streams = Array.from({ length: 10 }, newStream);
    const answers = await Promise.all(streams.map((name, n) => append(name, 'no_stream', events(n + 1))));
    expect(answers.map(({ nextExpectedRevision }) => nextExpectedRevision)).toEqual(
      streams.map((_name, n) => BigInt(n)),
    );
  });

  it('25, 28: a tombstone ends a stream; a repeated append on a deleted stream has no position', async () => {
    const [dead, deleted] = [newStream(), newStream()];
    const list = events(2);
    await append(dead, 'no_stream', events(1));
    await append(deleted, 'no_stream', list);
    await client.tombstoneStream(dead);
    expect(await failed(append(dead, 'any', events(1)))).toMatchObject({ type: 'stream-deleted' });
    expect(await failed(idsIn(dead))).toMatchObject({ type: 'stream-deleted' });
    await client.deleteStream(deleted);
    const again = await append(deleted, 'no_stream', list);
    expect([again.nextExpectedRevision, again.position]).toEqual([1n, undefined]);
  });
});

describe('the double', () => {
  it('12: forgets recent ids at a restart, for any; exact repetitions are still known', async () => {
    const own = await eventStoreDbDouble();
    const caller = EventStoreDBClient.connectionString(own.url);
    const stream = newStream();
    const list = events(2);
    await caller.appendToStream(stream, list, { expectedRevision: 'no_stream' });
    await own.restart();
    const after = EventStoreDBClient.connectionString(own.url);
    const exact = await after.appendToStream(stream, list, { expectedRevision: 'no_stream' });
    expect(exact.nextExpectedRevision).toBe(1n);
    expect((await after.appendToStream(stream, list, { expectedRevision: 'any' })).nextExpectedRevision).toBe(3n);
    await after.dispose();
    await own.stop();
  });

  it('15: takes an append in several messages as one', async () => {
    const own = await eventStoreDbDouble({ maxAppendBytes: 268_435_456 });
    const caller = EventStoreDBClient.connectionString(own.url);
    const stream = newStream();
    const list = Array.from({ length: 5 }, () => event(1_000_000));
    const answer = await caller.appendToStream(stream, list, { expectedRevision: 'no_stream' });
    expect(answer.nextExpectedRevision).toBe(4n);
    expect(own.log.stream(stream).events.map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(own.faults.calls.filter(({ method }) => method === 'batchAppend')).toHaveLength(1);
    await caller.dispose();
    await own.stop();
  });

  it('17: a message above 16 MiB ends the batch stream; the next append opens another', async () => {
    const own = await eventStoreDbDouble({ maxAppendBytes: 268_435_456 });
    const caller = EventStoreDBClient.connectionString(own.url);
    const stream = newStream();
    expect(await failed(caller.appendToStream(stream, [event(16_767_217)]))).toMatchObject({
      type: 'unknown',
      code: status.RESOURCE_EXHAUSTED,
    });
    expect((await caller.appendToStream(stream, events(1))).nextExpectedRevision).toBe(0n);
    await caller.dispose();
    await own.stop();
  });

  it('19, 21: a deadline that has passed and an event without a type are answered, and nothing is written', async () => {
    const stream = newStream();
    expect(await failed(client.appendToStream(stream, events(1), { deadline: -5_000 }))).toMatchObject({
      type: 'deadline-exceeded',
    });
    expect(await failed(client.appendToStream(stream, [{ ...event(), type: '' }]))).toMatchObject({ type: 'unknown' });
    expect(double.log.stream(stream).kind).toBe('missing');
    expect((await client.appendToStream(stream, events(1))).nextExpectedRevision).toBe(0n);
  });

  it('21: a second answer to a bad event ends a process that appends in the batch mode', async () => {
    const { code, output } = await endOf(join(import.meta.dirname, 'late-answer.scenarios.ts'), []);
    expect([code, output]).toEqual([1, expect.stringMatching(/^answered\n[^]*batchAppend\.js/)]);
  });

  it('22-24: deletes softly, the numbers go on, and its errors are in trailers', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(3), { expectedRevision: 'no_stream' });
    expect(await failed(client.deleteStream(stream, { expectedRevision: 7n }))).toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 7n,
      actualVersion: 2n,
    });
    await client.deleteStream(stream);
    expect(await failed(idsIn(stream))).toMatchObject({ type: 'stream-not-found' });
    expect((await client.appendToStream(stream, events(1), { expectedRevision: 'any' })).nextExpectedRevision).toBe(3n);
    expect(await idsIn(stream)).toHaveLength(1);
    expect(double.log.stream(`$$${stream}`).events.map(({ type }) => type)).toEqual(['$metadata', '$metadata']);
    expect(await failed(client.deleteStream(newStream()))).toMatchObject({ expectedVersion: -2n, actualVersion: -1n });
  });

  it('43: without server features the client appends in the unary way; an unavailable server recovers, one that fails does not', async () => {
    const own = await eventStoreDbDouble();
    own.faults.withoutFeatures = true;
    const old = EventStoreDBClient.connectionString(own.url);
    await old.appendToStream(newStream(), events(1));
    expect(own.faults.calls.map(({ method }) => method)).toEqual(['features', 'append']);
    own.faults.withoutFeatures = false;
    const young = EventStoreDBClient.connectionString(own.url);
    own.faults.order('features', { when: 'before', answer: failure(status.UNAVAILABLE, 'Server Is Not Ready') });
    expect(await failed(young.appendToStream(newStream(), events(1)))).toMatchObject({ code: status.UNAVAILABLE });
    await young.appendToStream(newStream(), events(1));
    // Any other failure of the question stays with the client for good, without being asked again.
    const poisoned = EventStoreDBClient.connectionString(own.url);
    own.faults.order('features', { when: 'before', answer: failure(status.INTERNAL, 'as ordered') });
    const asked = own.faults.calls.length;
    for (let n = 0; n < 2; n += 1) {
      expect(await failed(poisoned.appendToStream(newStream(), events(1)))).toMatchObject({ code: status.INTERNAL });
    }
    expect(own.faults.calls.slice(asked).map(({ method }) => method)).toEqual(['features']);
    await Promise.all([old.dispose(), young.dispose(), poisoned.dispose()]);
    await own.stop();
  });

  it('44, 45: not the leader: the next call goes to the one that is; the header is sent when asked for', async () => {
    const [leader, follower] = [await eventStoreDbDouble(), await eventStoreDbDouble()];
    const caller = EventStoreDBClient.connectionString(follower.url);
    const unary = { credentials: { username: 'u', password: 'p' } };
    follower.faults.order('append', { when: 'before', answer: notLeader('127.0.0.1', leader.port) });
    expect(await failed(caller.appendToStream(newStream(), events(1), unary))).toMatchObject({ type: 'not-leader' });
    await caller.appendToStream(newStream(), events(1), { ...unary, requiresLeader: true });
    expect(follower.faults.calls[0]?.headers['requires-leader']).toBeUndefined();
    expect(leader.faults.calls.at(-1)?.headers['requires-leader']).toBe('true');
    const batching = EventStoreDBClient.connectionString(follower.url);
    follower.faults.order('batchAppend', { when: 'before', answer: notLeader('127.0.0.1', leader.port) });
    expect(await failed(batching.appendToStream(newStream(), events(1)))).toMatchObject({ type: 'not-leader' });
    await batching.appendToStream(newStream(), events(1));
    expect(leader.faults.calls.at(-1)?.method).toBe('batchAppend');
    const reading = EventStoreDBClient.connectionString(follower.url);
    follower.faults.order('read', { when: 'before', answer: notLeader('127.0.0.1', leader.port) });
    const read = async (): Promise<void> => {
      for await (const _ of reading.readAll({ maxCount: 1 })) return;
    };
    expect(await failed(read())).toMatchObject({ type: 'not-leader' });
    await read();
    expect(leader.faults.calls.at(-1)?.method).toBe('read');
    await Promise.all([caller.dispose(), batching.dispose(), reading.dispose()]);
    await Promise.all([leader.stop(), follower.stop()]);
  });

  it('47: an answer lost after the commit: the same append again is the same append', async () => {
    const stream = newStream();
    const list = events(2);
    const unary = {
      credentials: { username: 'u', password: 'p' },
      expectedRevision: 'no_stream',
      deadline: 300,
    } as const;
    double.faults.order('append', { when: 'after', answer: 'silence' });
    expect(await failed(client.appendToStream(stream, list, unary))).toMatchObject({ type: 'deadline-exceeded' });
    expect((await client.appendToStream(stream, list, unary)).nextExpectedRevision).toBe(1n);
    expect(await idsIn(stream)).toHaveLength(2);
  });

  it('47: a batch stream that ends with OK leaves its appends without an answer', async () => {
    const own = await eventStoreDbDouble();
    const caller = EventStoreDBClient.connectionString(own.url);
    own.faults.order('batchAppend', { when: 'before', answer: 'silence' });
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    caller.appendToStream(newStream(), events(1)).then(settle, settle);
    await eventually('the append is there', () => own.faults.calls.at(-1)?.method === 'batchAppend');
    own.endBatchStreams();
    const unary = { credentials: { username: 'u', password: 'p' } };
    for (let n = 0; n < 3; n += 1) await caller.appendToStream(newStream(), events(1), unary);
    expect(settled).toBe(false);
    // It waits for the append too, and nobody can wait for it.
    void caller.dispose();
    await own.stop();
  });

  it('leaves out links and metadata that change reading, and says so', async () => {
    const unary = { credentials: { username: 'u', password: 'p' } };
    const metadata = {
      type: '$metadata',
      contentType: 'application/json',
      data: { $maxCount: 2 },
      metadata: undefined,
    } as const;
    const set = client.appendToStream('$$thing-1', [{ ...metadata, id: randomUUID() }], unary);
    expect(await failed(set)).toMatchObject({ code: status.UNIMPLEMENTED });
    const linked = async (): Promise<void> => {
      for await (const _ of client.readAll({ resolveLinkTos: true, maxCount: 1 })) return;
    };
    expect(await failed(linked())).toMatchObject({ code: status.UNIMPLEMENTED });
  });
});
