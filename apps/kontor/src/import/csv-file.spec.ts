import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHeader, csvRows } from './csv-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kontor-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Buffer) {
  const path = join(folder, 'people.csv');
  await writeFile(path, content);
  const rows = [];
  for await (const row of csvRows({ path, name: 'people.csv', columns: ['name', 'city'] }))
    rows.push('values' in row ? [row.line, row.values.name, row.values.city] : [row.line, row.column, row.reason]);
  return rows;
}

describe('X-09: a CSV file of somebody else', () => {
  it('may have CRLF, a byte-order mark, quoted fields and no line end at the end', async () => {
    expect(await read('\uFEFFname,city\r\nAnna,Köln\r\n"Smith, ""Jo""",Ulm')).toEqual([
      [2, 'Anna', 'Köln'],
      [3, 'Smith, "Jo"', 'Ulm'],
    ]);
  });

  it('loses only the lines that cannot be read, each named with line, column and reason', async () => {
    const latin1 = Buffer.concat([
      Buffer.from('name,city\nAnna,K'),
      Buffer.from([0xf6]),
      Buffer.from('ln\n"open,Ulm\nOtto,Bonn\nEva'),
    ]);
    expect(await read(latin1)).toEqual([
      [2, 'city', 'has a byte that is not UTF-8 at character 7 (is the file Latin-1?)'],
      [3, 'name', 'a quote is opened and not closed on this line'],
      [4, 'Otto', 'Bonn'],
      [5, 'city', 'the line has 1 fields instead of 2'],
    ]);
  });

  it('is refused as a whole when it is empty or has another header', async () => {
    await expect(read('')).rejects.toThrow('people.csv is empty: there is not even a header.');
    await expect(read('city,name\nUlm,Anna\n')).rejects.toThrow(
      'people.csv line 1: the header should be "name,city", it is "city,name".',
    );
    const missing = { path: join(folder, 'nobody.csv'), name: 'nobody.csv', columns: ['name'] };
    await expect(checkHeader(missing)).rejects.toThrow(`There is no nobody.csv in ${folder}.`);
  });
});
