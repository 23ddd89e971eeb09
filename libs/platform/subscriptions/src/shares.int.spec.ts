import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import pg from 'pg';
import { Shares, type Turn } from './shares.ts';

const PIECES = ['a', 'b', 'c', 'd'];
const PATIENCE_MS = 25_000;

/** A process of a service: the pieces of its work that it holds, looked at again and again as runners do. */
class Member {
  readonly pool: pg.Pool;
  readonly shares: Shares;
  readonly turns: readonly (readonly [string, Turn])[];

  constructor(url: string, service = 'receivables') {
    this.pool = new pg.Pool({ connectionString: url, max: 2 });
    this.shares = new Shares(this.pool, service);
    this.turns = PIECES.map((piece) => [piece, this.shares.turn(piece)] as const);
  }

  async held(): Promise<string[]> {
    const held: string[] = [];
    for (const [piece, turn] of this.turns) if (await turn.held()) held.push(piece);
    return held;
  }

  async end(): Promise<void> {
    for (const [, turn] of this.turns) await turn.release();
    await this.shares.leave();
    await this.pool.end();
  }
}

describe('work that the processes of a service divide among themselves', () => {
  let database: TestDatabase;
  const members: Member[] = [];
  const join = (service?: string) => {
    const member = new Member(database.url, service);
    members.push(member);
    return member;
  };

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    for (const member of members.splice(0)) await member.end();
  });
  afterAll(() => database.drop());

  it('gives everything to the only one, and half of it to one who comes later', async () => {
    const first = join();
    expect(await first.held()).toEqual(PIECES);
    const second = join();
    const both = await eventually(
      'both have half of it',
      async () => {
        const held = [await second.held(), await first.held()];
        return held.every((pieces) => pieces.length === 2) && held;
      },
      PATIENCE_MS,
    );
    expect(both.flat().sort()).toEqual(PIECES);
  }, 60_000);

  it('never gives a piece to two, whoever comes and goes', async () => {
    const [first, second] = [join(), join()];
    for (let round = 0; round < 40; round += 1) {
      const held = await Promise.all([first.held(), second.held()]);
      const all = held.flat();
      // What one gave up while the other was asked may be in neither answer, and in no case in both.
      expect(new Set(all).size).toBe(all.length);
    }
  }, 60_000);

  it('hands the pieces of a process that is gone to the others', async () => {
    const [first, second] = [join(), join()];
    await eventually(
      'both have half of it',
      async () => {
        const held = [await first.held(), await second.held()];
        return held.every((pieces) => pieces.length === 2);
      },
      PATIENCE_MS,
    );
    // As after a SIGKILL: its connections are gone, nothing was said.
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kontor leases' and pid in
         (select pid from pg_locks where locktype = 'advisory' and objsubid = 2) limit 1`,
    );
    await eventually(
      'one of them has everything',
      async () => {
        const counts = [first, second].map((member) => member.held().catch(() => []));
        return (await Promise.all(counts)).flat().length === PIECES.length;
      },
      PATIENCE_MS,
    );
  }, 60_000);

  it('does not mix up services', async () => {
    const receivables = join();
    const orders = join('orders');
    expect([await receivables.held(), await orders.held()]).toEqual([PIECES, PIECES]);
  });
});
