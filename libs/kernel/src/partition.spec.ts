import { expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import fc from 'fast-check';
import { PARTITIONS } from './contract.ts';
import { partitionOf } from './partition.ts';

it('X-02: puts a key where the default partitioner of Kafka puts it', () => {
  const kafka = kafkajs.Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: PARTITIONS }, (_unused, partitionId) => ({
    partitionId,
    leader: 0,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  }));
  const agrees = (key: string) => {
    const expected = kafka({ topic: 't', partitionMetadata, message: { key, value: null } });
    expect(partitionOf(key, PARTITIONS)).toBe(expected);
  };
  // The last and the first character of one, two, three and four bytes, with every rest of a block.
  for (const character of ['\u007f', '\u0080', '\u07ff', '\u0800', '\uffff', '\u{10000}', '\u{10ffff}']) {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd']) agrees(`${before}${character}`);
  }
  fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1 }), agrees));
});
