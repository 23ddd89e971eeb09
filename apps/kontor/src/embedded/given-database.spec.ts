import { describe, expect, it } from '@jest/globals';
import { folderOf } from '../start-arguments.ts';
import { requireDatabase } from './given-database.ts';

describe('what is typed behind npm start', () => {
  it('is a database that answers: else one sentence says why, without its password', async () => {
    await expect(requireDatabase('nonsense')).rejects.toThrow(
      '--database is no address such as postgres://user:password@host:5432/name.',
    );
    await expect(requireDatabase('postgres://anna:secret@127.0.0.1:1/sales')).rejects.toThrow(
      'The PostgreSQL of --database (127.0.0.1:1/sales) cannot be used: connect ECONNREFUSED 127.0.0.1:1.',
    );
  });

  it('is a folder: an option behind --data is no name of one', () => {
    expect(folderOf('./--empty')).toBe('./--empty');
    for (const text of ['--empty', '-e', ''])
      expect(() => folderOf(text)).toThrow('must be a folder; one whose name begins with - is written ./-');
  });
});
