import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

const MAGIC = Buffer.from('KONTOR BACKUP 1\n');
const HEAD_BYTES = 5;
const HASH_BYTES = 32;
/** No frame that is written comes near it; a longer one is damage. */
const MAX_FRAME_BYTES = 268_435_456;

/** Manifest, events of a log, seals of a log, keys, list of destroyed keys, end. */
export type FrameKind = 'M' | 'L' | 'S' | 'K' | 'D' | 'E';

export interface Frame {
  readonly kind: FrameKind;
  /** One JSON value per line. */
  readonly lines: readonly unknown[];
}

/** The file is not what a backup is; the message is a clause for people. */
export class BrokenBackup extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'BrokenBackup';
  }
}

/** The bytes of a backup: frames of kind, length, gzipped lines and a hash that holds all frames before too. */
export async function* framed(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer> {
  yield MAGIC;
  let previous = sha256(MAGIC);
  for await (const { kind, lines } of frames) {
    const payload = await pack(lines.map((line) => JSON.stringify(line)).join('\n'));
    const head = Buffer.alloc(HEAD_BYTES);
    head.write(kind, 0, 'latin1');
    head.writeUInt32BE(payload.byteLength, 1);
    previous = sha256(previous, head, payload);
    yield Buffer.concat([head, payload, previous]);
  }
}

/** The frames of a backup, each checked before it is given. Throws BrokenBackup, also when the end is missing. */
export async function* unframed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const bytes = new ByteReader(chunks);
  const magic = await bytes.take(MAGIC.byteLength);
  if (magic === undefined || !magic.subarray(0, 14).equals(MAGIC.subarray(0, 14)))
    throw new BrokenBackup('is not a backup of Kontor');
  if (!magic.equals(MAGIC)) throw new BrokenBackup('was made by a newer version of Kontor');
  let previous = sha256(MAGIC);
  for (;;) {
    const at = bytes.position;
    const head = await bytes.take(HEAD_BYTES);
    if (head === undefined) throw new BrokenBackup(`ends too early, at byte ${at}`);
    const length = head.readUInt32BE(1);
    const kind = head.toString('latin1', 0, 1);
    if (!isKind(kind) || length > MAX_FRAME_BYTES) throw new BrokenBackup(`is damaged at byte ${at}`);
    const payload = await bytes.take(length);
    const hash = await bytes.take(HASH_BYTES);
    if (payload === undefined || hash === undefined)
      throw new BrokenBackup(`ends too early, at byte ${bytes.position}`);
    previous = sha256(previous, head, payload);
    if (!previous.equals(hash)) throw new BrokenBackup(`is damaged between bytes ${at} and ${bytes.position}`);
    const text = (await unpack(payload)).toString('utf8');
    yield { kind, lines: text === '' ? [] : text.split('\n').map((line): unknown => JSON.parse(line)) };
    if (kind === 'E') break;
  }
  if ((await bytes.take(1)) !== undefined)
    throw new BrokenBackup(`goes on behind its end, at byte ${bytes.position - 1}`);
}

function isKind(text: string): text is FrameKind {
  return 'MLSKDE'.includes(text);
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

class ByteReader {
  position = 0;
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer[] = [];
  #size = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Undefined when fewer are left. */
  async take(count: number): Promise<Buffer | undefined> {
    while (this.#size < count) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.position += this.#size;
        return undefined;
      }
      this.#held.push(next.value);
      this.#size += next.value.byteLength;
    }
    const all = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    this.#held = [all.subarray(count)];
    this.#size -= count;
    this.position += count;
    return all.subarray(0, count);
  }
}
