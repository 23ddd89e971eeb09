import { describe, expect, it } from '@jest/globals';
import { type CloudEvent, PARTITIONS, partitionOf } from '@kontor/kernel';
import type { IHeaders, RecordBatchEntry } from 'kafkajs';
import { fromRecord, toRecord, toWatermark, WATERMARK_TYPE } from './records.ts';

const partition = partitionOf('note-1', PARTITIONS);
const event: CloudEvent = {
  specversion: '1.0',
  id: '0b6c1a52-7a55-4b8e-8d12-2f5a1f6b0001',
  source: '/kontor/notes',
  type: 'kontor.notes.note-taken.v1',
  subject: 'note-1',
  time: '2026-11-21T10:00:00.000Z',
  datacontenttype: 'application/json',
  logid: '0b6c1a52-7a55-4b8e-8d12-2f5a1f6b0002',
  position: '9223372036854775807',
  previousposition: '41',
  partition,
  revision: 3,
  recordedat: '2026-11-21T10:00:00.000000Z',
  businessdate: '2026-11-20',
  actor: 'somebody',
  reason: 'weil’s eilt — 急',
  origin: 'person',
  commandid: '0b6c1a52-7a55-4b8e-8d12-2f5a1f6b0003',
  correlationid: '0b6c1a52-7a55-4b8e-8d12-2f5a1f6b0004',
  causationid: '0b6c1a52-7a55-4b8e-8d12-2f5a1f6b0005',
  traceparent: '00-1-2-03',
  data: { text: 'ä', list: [1, null] },
};

/** As the broker gives it back: everything in bytes. */
function received(record: ReturnType<typeof toRecord>, changes: IHeaders = {}): RecordBatchEntry {
  const headers = Object.fromEntries(
    Object.entries({ ...record.headers, ...changes })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : Buffer.from(String(value))]),
  );
  const value = record.value === null ? null : Buffer.from(record.value);
  return { key: Buffer.from(String(record.key)), value, headers, timestamp: '0', attributes: 0, offset: '0' };
}

describe('X-01: a contract in CloudEvents binary mode', () => {
  it('comes back as it was, with the data as the value and the attributes as headers', () => {
    const record = toRecord(event);
    expect(record.value).toBe('{"text":"ä","list":[1,null]}');
    expect(record.key).toBe('note-1');
    expect(record.partition).toBe(partition);
    expect(record.headers).toEqual({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.id,
      ce_source: '/kontor/notes',
      ce_type: 'kontor.notes.note-taken.v1',
      ce_subject: 'note-1',
      ce_time: event.time,
      ce_logid: event.logid,
      ce_position: '9223372036854775807',
      ce_previousposition: '41',
      ce_partition: String(partition),
      ce_revision: '3',
      ce_recordedat: event.recordedat,
      ce_businessdate: '2026-11-20',
      ce_actor: 'somebody',
      ce_reason: event.reason,
      ce_origin: 'person',
      ce_commandid: event.commandid,
      ce_correlationid: event.correlationid,
      ce_causationid: event.causationid,
      ce_traceparent: '00-1-2-03',
    });
    expect(fromRecord('notes', partition, received(record))).toEqual({ kind: 'event', event });
  });

  it('leaves out what an event does not have', () => {
    const { businessdate: _date, reason: _reason, causationid: _cause, traceparent: _trace, ...plain } = event;
    expect(fromRecord('notes', partition, received(toRecord(plain)))).toEqual({ kind: 'event', event: plain });
  });

  it('is accompanied by watermarks, which are events of a type of their own', () => {
    const watermark = { logId: event.logid, position: '50', previous: '41', recordedAt: event.recordedat };
    const record = toWatermark('notes', 7, watermark);
    expect(record.headers?.ce_type).toBe(WATERMARK_TYPE);
    expect(fromRecord('notes', 7, received(record))).toEqual({ kind: 'watermark', watermark });
    const unknown = { ...watermark, recordedAt: null };
    expect(fromRecord('notes', 7, received(toWatermark('notes', 7, unknown)))).toEqual({
      kind: 'watermark',
      watermark: unknown,
    });
  });
});

describe('a record that cannot be read says why', () => {
  const good = toRecord(event);
  const other = (partition + 1) % PARTITIONS;
  it.each<[string, RecordBatchEntry, number?]>([
    ['the header ce_specversion is missing', { ...received(good), headers: {} }],
    ['it is no CloudEvent of version 1.0', received(good, { ce_specversion: '0.3' })],
    ['its source is not /kontor/notes', received(good, { ce_source: '/kontor/letters' })],
    ['the header ce_logid is missing', received(good, { ce_logid: undefined })],
    ['the header ce_type is there 2 times', received(good, { ce_type: ['a', 'b'] })],
    ['its positions are no numbers', received(good, { ce_position: '-1' })],
    ['its positions are no numbers', received(good, { ce_position: '99999999999999999999' })],
    ['it names a predecessor that is none', received(good, { ce_position: '41' })],
    ['its revision is no number', received(good, { ce_revision: 'three' })],
    ['it lies in a partition that is not its own', received(good, { ce_partition: String(other) })],
    ['it lies in a partition that is not its own', received(good, { ce_partition: String(other) }), other],
    ['it has no value', { ...received(good), value: null }],
    ['its value is no JSON', { ...received(good), value: Buffer.from('{"text":') }],
    ['its value is no JSON', { ...received(good), value: Buffer.from([0x22, 0xff, 0x22]) }],
  ])('%s', (sentence, message, at = partition) => {
    expect(() => fromRecord('notes', at, message)).toThrow(sentence);
  });
});
