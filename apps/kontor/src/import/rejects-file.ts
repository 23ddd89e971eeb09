import { closeSync, existsSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { ImportFault } from './import-fault.ts';

const HEADER = 'file,line,column,code,reason,original';

export interface Reject {
  readonly file: string;
  readonly line: number;
  readonly column: string;
  readonly code: string;
  readonly reason: string;
  /** The line as it stands in the file. */
  readonly original: string;
}

/** The rejected lines as a CSV file for people. Made with the first of them; one that an earlier import left goes when there are none. */
export class RejectsFile {
  private handle: number | undefined;
  private count = 0;

  constructor(private readonly path: string) {}

  add(reject: Reject): void {
    this.handle ??= this.open();
    const { file, line, column, code, reason, original } = reject;
    writeSync(this.handle, `${[file, String(line), column, code, reason, original].map(cell).join(',')}\n`);
    this.count += 1;
  }

  /** Path of the file, or null when nothing was rejected. */
  close(): string | null {
    if (this.handle !== undefined) closeSync(this.handle);
    this.handle = undefined;
    if (this.count > 0) return this.path;
    if (isOfAnEarlierImport(this.path)) rmSync(this.path);
    return null;
  }

  private open(): number {
    try {
      const handle = openSync(this.path, 'w');
      writeSync(handle, `${HEADER}\n`);
      return handle;
    } catch (error) {
      throw new ImportFault(
        `The rejected lines cannot be written to ${this.path} (${(error as NodeJS.ErrnoException).code}): name another file with --rejects.`,
      );
    }
  }
}

function isOfAnEarlierImport(path: string): boolean {
  if (!existsSync(path)) return false;
  const start = Buffer.alloc(HEADER.length);
  const handle = openSync(path, 'r');
  try {
    readSync(handle, start, 0, HEADER.length, 0);
  } finally {
    closeSync(handle);
  }
  return start.toString('utf8') === HEADER;
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
