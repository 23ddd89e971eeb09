import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dice, eventually, seedOfRun, testDatabase, type TestDatabase } from '@kontor/testing';
import type { AllPage, NewEvent, ReadAllOptions } from '../event-store.ts';
import { ForwardingEventStore } from '../forwarding-event-store.ts';
import { PostgresEventStore } from '../postgres-event-store.ts';
import { Sealer } from './sealer.ts';
import { newSealKey, sealKey, trustedKeys } from './signing.ts';
import { type Broken, verifyLog } from './verify.ts';

const key = sealKey(newSealKey());
const trusted = trustedKeys(key.publicPem);
const STREAMS = 5;
const EVENTS = 60;

let database: TestDatabase;
let store: PostgresEventStore;
let sealer: Sealer;

const event = (number: number): NewEvent => {
  const id = `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`;
  return {
    id,
    type: 'notes.NoteTaken.v1',
    data: Buffer.from(JSON.stringify({ text: `note ${number}` })),
    metadata: {
      ...{ occurredAt: '2026-11-21T10:00:00.000Z', actor: 'somebody', origin: 'person', commandId: id },
      ...{ requestHash: '', correlationId: id },
    },
  };
};
const sql = (text: string) => database.pool.query(text);
const verify = () => verifyLog({ pool: database.pool, store, schema: 'notes_seals', trusted });
const broken = async (): Promise<Pick<Broken, 'kind' | 'position'> | null> => {
  const found = (await verify()).broken;
  return found === null ? null : { kind: found.kind, position: found.position };
};

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await PostgresEventStore.migrate(database.pool, 'notes_log');
  store = new PostgresEventStore({ pool: database.pool, schema: 'notes_log' });
  for (let number = 1; number <= EVENTS; number += 1)
    await store.append(`note-${number % STREAMS}`, 'any', [event(number)]);
  sealer = new Sealer({ pool: database.pool, store, schema: 'notes_seals', key });
  await sealer.catchUp();
});
afterEach(async () => {
  await sealer.stop();
  await store.close();
  await sql('drop schema notes_log, notes_seals cascade');
});

describe('X-06: seals of a log', () => {
  it('say that nothing was touched, and what is not sealed yet', async () => {
    await store.append('note-1', 'any', [event(1_000)]);
    expect(await verify()).toMatchObject({
      ...{ verified: BigInt(EVENTS), unsealed: 1n, roots: 1, broken: null },
      lastRoot: { position: BigInt(EVENTS), keyId: key.id },
    });
  });

  it('are not missed when events are sealed while they are verified', async () => {
    await store.append('note-1', 'any', [event(1_000)]);
    class SealedMeanwhile extends ForwardingEventStore {
      override async readAll(options: ReadAllOptions): Promise<AllPage> {
        const page = await super.readAll(options);
        await sealer.catchUp();
        return page;
      }
    }
    const meanwhile = new SealedMeanwhile(store);
    const verified = verifyLog({ pool: database.pool, store: meanwhile, schema: 'notes_seals', trusted });
    expect(await verified).toMatchObject({ verified: BigInt(EVENTS), unsealed: 1n, roots: 1, broken: null });
    expect(await verify()).toMatchObject({ verified: BigInt(EVENTS + 1), unsealed: 0n, broken: null });
  });

  it('go on by themselves while events are appended, in two processes at once, each event sealed once', async () => {
    const other = new Sealer({ pool: database.pool, store, schema: 'notes_seals', key });
    sealer.start();
    other.start();
    for (let number = 1; number <= 50; number += 1) await store.append('note-7', 'any', [event(2_000 + number)]);
    await eventually('all is sealed', async () => (await sealer.status()).position === BigInt(EVENTS + 50));
    await other.stop();
    expect(await verify()).toMatchObject({ verified: BigInt(EVENTS + 50), unsealed: 0n, broken: null });
  });

  const edits: readonly [what: string, edit: string, found: Pick<Broken, 'kind' | 'position'>][] = [
    [
      'data',
      `update notes_log.events set data = '{"text":"other"}' where position = 23`,
      { kind: 'changed', position: 23n },
    ],
    [
      'a byte of data that means the same',
      `update notes_log.events set data = data || ' ' where position = 31`,
      { kind: 'changed', position: 31n },
    ],
    [
      'metadata',
      `update notes_log.events set metadata = convert_to(replace(convert_from(metadata, 'UTF8'), 'somebody', 'nobody'), 'UTF8') where position = 7`,
      { kind: 'changed', position: 7n },
    ],
    [
      'the recorded time',
      `update notes_log.events set recorded_at = recorded_at - interval '1 microsecond' where position = 12`,
      { kind: 'changed', position: 12n },
    ],
    [
      'an id',
      `update notes_log.events set event_id = gen_random_uuid() where position = 40`,
      { kind: 'changed', position: 40n },
    ],
    ['a type', `update notes_log.types set name = 'notes.NoteLost.v1'`, { kind: 'changed', position: 1n }],
    [
      'the name of a stream',
      `update notes_log.streams set name = 'note-x' where name = 'note-2'`,
      { kind: 'changed', position: 2n },
    ],
    [
      'the order of two events',
      `with a as (select * from notes_log.events where position in (20, 25))
       update notes_log.events e set event_id = a.event_id, data = a.data from a
        where e.position in (20, 25) and a.position = 45 - e.position`,
      { kind: 'changed', position: 20n },
    ],
    [
      'an event in the middle, taken out',
      `delete from notes_log.events where position = 33`,
      { kind: 'missing', position: 33n },
    ],
    [
      'the end, cut off',
      `delete from notes_log.events where position > 50; update notes_log.log set position = 50`,
      { kind: 'missing', position: 51n },
    ],
    [
      'everything',
      `delete from notes_log.events; update notes_log.log set position = 0`,
      { kind: 'missing', position: 1n },
    ],
    [
      'the end, with its seals',
      `delete from notes_log.events where position > 50; update notes_log.log set position = 50; delete from notes_seals.chain where position > 50; update notes_seals.sealer set position = 50`,
      { kind: 'seals', position: 60n },
    ],
    [
      'a seal',
      `update notes_seals.chain set seal = sha256(seal) where position = 9`,
      { kind: 'changed', position: 9n },
    ],
    ['a seal, taken out', `delete from notes_seals.chain where position = 14`, { kind: 'inserted', position: 14n }],
    ['the root', `update notes_seals.roots set running = sha256(running)`, { kind: 'seals', position: 60n }],
    ['the roots, all taken out', `delete from notes_seals.roots`, { kind: 'seals', position: 0n }],
  ];
  it.each(edits)('name the first broken event of a database edited by hand: %s', async (_what, edit, found) => {
    await sql(edit);
    expect(await broken()).toEqual(found);
  });

  it('are not forged by who has the database alone: seals made anew do not fit the signed root', async () => {
    await sql(`update notes_log.events set data = '{"text":"other"}' where position = 23`);
    const { rows } = await database.pool.query(`select * from notes_seals.roots`);
    await sql('drop schema notes_seals cascade');
    const forger = new Sealer({ pool: database.pool, store, schema: 'notes_seals', key: sealKey(newSealKey()) });
    await forger.catchUp();
    expect((await verify()).broken?.sentence).toContain('which is not trusted here');
    await database.pool.query('update notes_seals.roots set key_id = $1, signature = $2', [key.id, rows[0]?.signature]);
    expect((await verify()).broken?.sentence).toContain('signature of the root');
    await database.pool.query('update notes_seals.roots set running = $1', [rows[0]?.running]);
    expect((await verify()).broken?.sentence).toContain('were replaced together');
  });

  const seed = seedOfRun();
  it(`find any one bit that was turned over (seed ${seed})`, async () => {
    const random = dice(seed);
    for (let round = 0; round < 20; round += 1) {
      const position = random.int(EVENTS) + 1;
      const flip = (bit: number) =>
        sql(
          `update notes_log.events set data = set_bit(data, ${bit}, 1 - get_bit(data, ${bit})) where position = ${position}`,
        );
      const bit = random.int(100);
      await flip(bit);
      expect(await broken()).toEqual({ kind: 'changed', position: BigInt(position) });
      await flip(bit);
    }
    expect(await broken()).toBeNull();
  });
});
