import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { StoreSchemaTooNew } from '../errors.ts';
import { SubjectErased } from '../vault.ts';
import { PostgresKeyVault } from './postgres-key-vault.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await PostgresKeyVault.migrate(database.pool);
});
afterAll(() => database.drop());

describe('PostgresKeyVault', () => {
  it('makes one key per subject however many ask at once, and keeps it', async () => {
    const vaults = Array.from({ length: 8 }, () => new PostgresKeyVault({ pool: database.pool }));
    await Promise.all(vaults.map((vault) => vault.prepare(['k-1', 'k-2'], 'seal')));
    const sealed = vaults.map((vault) => vault.seal('k-1', 'Ada'));
    const later = await PostgresKeyVault.open(database.pool);
    await later.prepare(['k-1'], 'unseal');
    expect(sealed.map((text) => later.unseal('k-1', text))).toEqual(sealed.map(() => 'Ada'));
    expect(new Set(sealed).size).toBe(sealed.length);
  });

  it('X-08: forgets for good when a key is destroyed, in other processes within the age of their cache', async () => {
    const mine = new PostgresKeyVault({ pool: database.pool });
    const other = new PostgresKeyVault({ pool: database.pool, limits: { maxCacheAgeMs: 50 } });
    await Promise.all([mine.prepare(['k-3'], 'seal'), other.prepare(['k-3'], 'seal')]);
    const sealed = mine.seal('k-3', 'Ada');
    await mine.destroy('k-3');
    expect(mine.unseal('k-3', sealed)).toBeNull();
    await expect(mine.prepare(['k-3'], 'seal')).rejects.toThrow(SubjectErased);
    await eventually('the other process sees that the key is gone', async () => {
      await other.prepare(['k-3'], 'unseal');
      return other.unseal('k-3', sealed) === null;
    });
    const { rows } = await database.pool.query(`SELECT key FROM kontor_keys.keys WHERE subject = 'k-3'`);
    expect(rows).toEqual([{ key: null }]);
    expect(await Promise.all(['k-1', 'k-3', 'k-nobody'].map((subject) => mine.keyOf(subject)))).toEqual([
      'kept',
      'destroyed',
      'none',
    ]);
    expect(await mine.destroyedSubjects()).toEqual(['k-3']);
  });

  it('X-08: tells who keeps unsealed data in memory, also of what another process destroyed', async () => {
    const mine = new PostgresKeyVault({ pool: database.pool });
    const other = new PostgresKeyVault({ pool: database.pool });
    const told: string[] = [];
    other.onDestroyed(() => told.push('destroyed'));
    await other.prepare(['k-9'], 'seal');
    const sealed = other.seal('k-9', 'Ada');
    await other.look();
    told.length = 0;
    await mine.destroy('k-9');
    await other.look();
    await other.look();
    expect(told).toEqual(['destroyed']);
    await other.prepare(['k-9'], 'unseal');
    expect(other.unseal('k-9', sealed)).toBeNull();
  });

  it('finds a key that another process made after it had looked in vain', async () => {
    const mine = new PostgresKeyVault({ pool: database.pool });
    await mine.prepare(['k-4'], 'unseal');
    const other = new PostgresKeyVault({ pool: database.pool });
    await other.prepare(['k-4'], 'seal');
    await mine.prepare(['k-4'], 'unseal');
    expect(mine.unseal('k-4', other.seal('k-4', 'Ada'))).toBe('Ada');
  });

  it('pushes out the oldest keys beyond its limit, never one that was prepared just now', async () => {
    const vault = new PostgresKeyVault({ pool: database.pool, limits: { maxCachedKeys: 2, minCacheAgeMs: 0 } });
    await vault.prepare(['a', 'b', 'c'], 'seal');
    expect(() => vault.seal('a', 'x')).toThrow('was not prepared');
    const patient = new PostgresKeyVault({ pool: database.pool, limits: { maxCachedKeys: 2 } });
    await patient.prepare(['a', 'b', 'c'], 'seal');
    expect(patient.unseal('a', patient.seal('a', 'x'))).toBe('x');
  });

  it('refuses keys of a newer version', async () => {
    await PostgresKeyVault.migrate(database.pool, 'newer_keys');
    await database.pool.query('UPDATE newer_keys.version SET version = 2');
    await expect(PostgresKeyVault.migrate(database.pool, 'newer_keys')).rejects.toThrow(StoreSchemaTooNew);
  });
});
