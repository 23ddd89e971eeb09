import { describe, expect, it } from '@jest/globals';
import { dice, seedOfRun } from '@kontor/testing';
import { type Frame, framed, unframed } from './frames.ts';

const frames: readonly Frame[] = [
  { kind: 'M', lines: [{ product: '1.0.0' }] },
  { kind: 'L', lines: ['orders', ['1', 'order-1', 'Grüße', { base64: 'AA==' }]] },
  { kind: 'D', lines: [] },
  { kind: 'E', lines: [] },
];

async function* inOrder<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
async function bytesOf(list: readonly Frame[]): Promise<Buffer> {
  return Buffer.concat(await all(framed(inOrder(list))));
}
const read = (bytes: Buffer, chunk = 7) => {
  const chunks = Array.from({ length: Math.ceil(bytes.byteLength / chunk) }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk),
  );
  return all(unframed(inOrder(chunks)));
};

describe('frames of a backup', () => {
  const seed = seedOfRun();

  it('come back as they were, however the bytes are cut', async () => {
    const bytes = await bytesOf(frames);
    for (const chunk of [1, 7, bytes.byteLength]) expect(await read(bytes, chunk)).toEqual(frames);
  });

  it(`are refused when any bit is another, or the end is missing, or something follows (seed ${seed})`, async () => {
    const bytes = await bytesOf(frames);
    const random = dice(seed);
    for (let round = 0; round < 200; round += 1) {
      const edited = Buffer.from(bytes);
      const at = random.int(bytes.byteLength);
      edited[at] = (edited[at] ?? 0) ^ (1 << random.int(8));
      await expect(read(edited, bytes.byteLength)).rejects.toThrow(/backup|newer|damaged|ends too early|goes on/);
    }
    for (let length = 0; length < bytes.byteLength; length += 1)
      await expect(read(bytes.subarray(0, length), 64)).rejects.toThrow(/is not a backup|ends too early/);
    await expect(read(Buffer.concat([bytes, Buffer.from('x')]))).rejects.toThrow('goes on behind its end');
  });

  it('are refused when two of them have changed places', async () => {
    const [head, ...parts] = await all(framed(inOrder(frames)));
    const [first, second, ...others] = parts as [Buffer, Buffer, ...Buffer[]];
    await expect(read(Buffer.concat([head as Buffer, second, first, ...others]))).rejects.toThrow('is damaged');
  });
});
