import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';

const WRITERS = 12;
const COMMANDS = 400;
const LOAD_DEADLINE_MS = 40_000;

interface Sent {
  readonly key: string;
  readonly name: string;
  /** The id that was acknowledged; undefined: no answer came. */
  id?: string;
}

/** What a real process loses when it is killed: nothing that it had acknowledged, and nothing twice. */
describe('the platform under fire', () => {
  let platform: TestPlatform;
  const sent: Sent[] = [];
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.dispose());

  async function register(command: Sent): Promise<number> {
    const reply = await platform.request(
      'POST',
      '/v1/accounts',
      { name: command.name, taxId: null },
      { headers: { 'idempotency-key': command.key } },
    );
    if (reply.status === 201) {
      const { id } = reply.body as { id: string };
      if (command.id !== undefined) expect(id).toBe(command.id);
      command.id = id;
    }
    return reply.status;
  }

  /** Sends commands until `count` were acknowledged or the platform is gone. */
  async function load(count: number, whenAcknowledged: (acknowledged: number) => void): Promise<number> {
    let acknowledged = 0;
    const giveUpAt = Date.now() + LOAD_DEADLINE_MS;
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (acknowledged < count && Date.now() < giveUpAt) {
          const command: Sent = { key: `fire-${sent.length}`, name: `Fire ${sent.length} GmbH` };
          sent.push(command);
          try {
            if ((await register(command)) !== 201) return;
          } catch (error) {
            // The connection broke: whether it happened is not known to the caller.
            if (error instanceof TypeError || (error as Error).name === 'TypeError') return;
            throw error;
          }
          acknowledged += 1;
          whenAcknowledged(acknowledged);
        }
      }),
    );
    return acknowledged;
  }

  async function registered(): Promise<{ id: string; name: string }[]> {
    const reply = await platform.request('GET', '/v1/history/accounts');
    return String(reply.body)
      .split('\n')
      .filter((line) => line.includes('"kontor.accounts.account-registered.v1"'))
      .map((line) => (JSON.parse(line) as { event: { data: { accountId: string; name: string } } }).event.data)
      .map(({ accountId, name }) => ({ id: accountId, name }));
  }

  async function listed(): Promise<{ id: string; name: string }[]> {
    const status = await platform.request('GET', '/v1/platform/status');
    const { services } = status.body as { services: { name: string; head: string }[] };
    const head = services.find(({ name }) => name === 'accounts')?.head ?? '0';
    const all: { id: string; name: string }[] = [];
    let query = `limit=500&consistentWith=accounts:${head}`;
    for (;;) {
      const reply = await platform.request('GET', `/v1/accounts?${query}`);
      const page = reply.body as { items: { id: string; name: string }[]; next: string | null };
      all.push(...page.items);
      if (page.next === null) return all;
      query = `limit=500&cursor=${page.next}`;
    }
  }

  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

  it('fault row 17: the platform is killed with SIGKILL under load: what was acknowledged is there once, and repeats find it', async () => {
    const killed = new Promise<void>((done, fail) => {
      void load(COMMANDS, (acknowledged) => {
        if (acknowledged === COMMANDS / 2) platform.kill().then(done, fail);
      });
    });
    await killed;
    platform = await startPlatform({ again: platform });
    const acknowledged = sent.filter(({ id }) => id !== undefined);
    expect(acknowledged.length).toBeGreaterThanOrEqual(COMMANDS / 2);
    const found = new Set((await registered()).map(({ id }) => id));
    expect(acknowledged.filter(({ id }) => !found.has(id as string))).toEqual([]);

    const again = await Promise.all(sent.map(register));
    expect(again.filter((status) => status !== 201)).toEqual([]);
    const events = await registered();
    expect(events.map(({ name }) => name).sort()).toEqual(sent.map(({ name }) => name).sort());
    expect(new Set(events.map(({ id }) => id)).size).toBe(sent.length);
    const rows = await listed();
    expect(rows.map(({ id, name }) => ({ id, name })).sort(byId)).toEqual(events.sort(byId));
  });

  it('fault row 17: told to stop with SIGTERM under load: it ends by itself, and every answer it gave is true', async () => {
    const before = sent.length;
    const code = new Promise<number | null>((done, fail) => {
      void load(COMMANDS, (acknowledged) => {
        if (acknowledged === COMMANDS / 4) platform.stop().then(done, fail);
      });
    });
    expect(await code).toBe(0);
    platform = await startPlatform({ again: platform });
    const acknowledged = sent.slice(before).filter(({ id }) => id !== undefined);
    expect(acknowledged.length).toBeGreaterThanOrEqual(COMMANDS / 4);
    const found = new Set((await registered()).map(({ id }) => id));
    expect(acknowledged.filter(({ id }) => !found.has(id as string))).toEqual([]);
  });

  it('fault row 17: told to stop while commands are under way: it takes no new ones, and answers each of these', async () => {
    const { pool } = platform.database;
    const before = sent.length;
    const claims = async () => (await pool.query('select 1 from kontor_requests.keys')).rowCount ?? 0;
    const claimed = await claims();
    // Nothing can be appended until this is given back, so that everything that is sent stays under way.
    const brake = await pool.connect();
    let stopped: Promise<number | null> | undefined;
    try {
      await brake.query('begin; lock table accounts_log.log in exclusive mode');
      const answers = Array.from({ length: WRITERS }, (_, index) => {
        const command: Sent = { key: `last-${index}`, name: `Last ${index} GmbH` };
        sent.push(command);
        return register(command);
      });
      await eventually('all are under way', async () => (await claims()) === claimed + WRITERS);
      stopped = platform.stop();
      // Undefined: it does not listen any more.
      const status = (method: string, path: string, body?: object) =>
        platform.request(method, path, body).then(
          (reply) => reply.status,
          () => undefined,
        );
      await eventually('it is stopping', async () => (await status('GET', '/health/ready')) !== 200);
      expect([503, undefined]).toContain(await status('POST', '/v1/accounts', { name: 'Late GmbH', taxId: null }));
      await brake.query('rollback');
      expect(await Promise.all(answers)).toEqual(answers.map(() => 201));
      expect(await stopped).toBe(0);
    } finally {
      brake.release(true);
      await stopped;
    }
    platform = await startPlatform({ again: platform });
    const names = (await registered()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('Last ')).sort()).toEqual(
      sent
        .slice(before)
        .map(({ name }) => name)
        .sort(),
    );
    expect(names).not.toContain('Late GmbH');
  });
});
