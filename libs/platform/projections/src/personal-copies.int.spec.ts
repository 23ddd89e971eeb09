import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type KeyVault, PostgresEventStore, PostgresKeyVault } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { readTables } from './fold-in-memory.ts';
import { erased, met, peopleLog, peopleProjection, personId } from './personal-copies.scenarios.ts';
import { ProjectionRunner } from './projection-runner.ts';

const [ada, bob, firm] = [personId('Ada'), personId('Bob'), personId('firm')];

describe('X-08: copies of personal data', () => {
  let db: TestDatabase;
  let source: LogSource;
  let vault: KeyVault;
  let runner: ProjectionRunner;

  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.drop());
  beforeEach(async () => {
    await PostgresEventStore.migrate(db.pool, 'people_log');
    source = peopleLog(db.pool);
    vault = await PostgresKeyVault.open(db.pool);
    runner = readerWith(vault);
  });
  afterEach(async () => {
    await source.store.close();
    await db.pool.query('drop schema if exists people_log, people_read_v1, people, kontor_keys cascade');
  });

  const readerWith = (keys: KeyVault, batchSize = 100) =>
    new ProjectionRunner(db.pool, new LogFeed([source]), peopleProjection, { vault: keys, batchSize });
  const names = async () =>
    (await readTables(db.pool, peopleProjection))['meetings']?.map(({ person_id, name }) => [person_id, name]);
  const seen = async () => {
    await met(source, vault, { personId: ada, firm: null, name: 'Ada' });
    await met(source, vault, { personId: bob, firm: null, name: 'Bob' });
    await met(source, vault, { personId: ada, firm: null, name: 'Ada Lovelace' });
    await met(source, vault, { personId: firm, firm: 'Firm & Sons', name: null });
  };

  it('are emptied in the live tables on the event, each row of the subject, and a rebuild gives the same rows', async () => {
    await seen();
    await runner.catchUp();
    expect(await names()).toEqual([
      [ada, 'Ada'],
      [bob, 'Bob'],
      [ada, 'Ada Lovelace'],
      [null, 'Firm & Sons'],
    ]);
    for (const subject of [ada, firm]) {
      await vault.destroy(subject);
      await erased(source, vault, subject);
    }
    await runner.catchUp();
    const live = await names();
    expect(live).toEqual([
      [ada, null],
      [bob, 'Bob'],
      [ada, null],
      [null, 'Firm & Sons'],
    ]);
    await runner.rebuild();
    await runner.catchUp();
    expect(await names()).toEqual(live);
  });

  it.each([1, 3, 100])(
    'are empty when a process that still holds the key folds all at once, %i at a time',
    async (size) => {
      // This one prepared the key before it was destroyed elsewhere, and would use it for seconds to come.
      const late = new PostgresKeyVault({ pool: db.pool });
      await seen();
      await late.prepare([ada, bob], 'unseal');
      await vault.destroy(ada);
      await erased(source, vault, ada);
      await met(source, late, { personId: ada, firm: null, name: 'Ada again' });
      await readerWith(late, size).catchUp();
      expect(await names()).toEqual([
        [ada, null],
        [bob, 'Bob'],
        [ada, null],
        [null, 'Firm & Sons'],
        [ada, null],
      ]);
    },
  );

  it('are empty when a process that still holds the key goes on behind the erasure', async () => {
    const late = new PostgresKeyVault({ pool: db.pool });
    await seen();
    await late.prepare([ada, bob], 'unseal');
    await vault.destroy(ada);
    await erased(source, vault, ada);
    await runner.catchUp();
    await met(source, late, { personId: ada, firm: null, name: 'Ada again' });
    await readerWith(late).catchUp();
    expect((await names())?.at(-1)).toEqual([ada, null]);
  });

  it('fault row 16: are gone from the error texts of dead letters and parked streams, and a retry sees none', async () => {
    await met(source, vault, { personId: ada, firm: null, name: 'Bad Ada' });
    await met(source, vault, { personId: bob, firm: null, name: 'Bad Bob' });
    await runner.catchUp();
    const errors = async () =>
      (
        await db.pool.query<{ error: string }>(
          `select error from people_read_v1.dead_letters union all select error from people_read_v1.parked_streams order by 1`,
        )
      ).rows.map(({ error }) => error);
    expect((await errors()).map((text) => text.includes('cannot greet Bad'))).toEqual([true, true, true, true]);
    await vault.destroy(ada);
    await erased(source, vault, ada);
    await runner.catchUp();
    expect(await errors()).toEqual([
      expect.stringContaining('Bad Bob'),
      expect.stringContaining('Bad Bob'),
      'withheld: the event holds erased personal data',
      'withheld: the event holds erased personal data',
    ]);
    expect(await runner.retryParked('people', `person-${ada}`)).toEqual({ applied: 1, error: null });
    expect(await names()).toEqual([[ada, null]]);
  });

  it('must be declared so that they can be emptied', () => {
    const { meetings } = peopleProjection.tables;
    const declared = (change: object) => () =>
      new ProjectionRunner(
        db.pool,
        new LogFeed([source]),
        { ...peopleProjection, tables: { meetings: { ...meetings, ...change } as never } },
        { vault },
      );
    expect(declared({ subject: undefined })).toThrow('says not whose they are');
    expect(declared({ key: ['name'] })).toThrow('no part of a key');
  });
});
