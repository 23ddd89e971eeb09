import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkHeader, type CsvFile } from './csv-file.ts';
import { ImportFault } from './import-fault.ts';

export function isFolder(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new ImportFault(`${path} does not exist.`);
  return stat.isDirectory();
}

export function fileIn<Column extends string>(
  folder: string,
  name: string,
  columns: readonly Column[],
): CsvFile<Column> {
  return { path: join(folder, name), name, columns };
}

/** Checks every header, then hashes the content of all files: the same files are the same run. */
export async function inspect(
  files: readonly CsvFile<string>[],
): Promise<{ readonly contentHash: string; readonly bytes: number }> {
  for (const file of files) await checkHeader(file);
  const hash = createHash('sha256');
  let bytes = 0;
  for (const { path, name } of files) {
    hash.update(`${name}\n`);
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  }
  return { contentHash: hash.digest('hex'), bytes };
}
