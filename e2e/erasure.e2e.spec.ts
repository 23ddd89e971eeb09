import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';
import { kontor, kontorJson } from './support/command-line.ts';

interface Body {
  readonly [field: string]: unknown;
}

/** Words that stand nowhere else. */
const PERSON = 'Xanthippe Quistorp';
const CONTACT = 'Ignaz Umlauff';
const STAFF = 'Walburga Zeisig';

let platform: TestPlatform;
let accountId: string;
let contactId: string;
let staffId: string;

const post = async (path: string, body: unknown) => {
  const reply = await platform.request('POST', path, body);
  return { status: reply.status, body: reply.body as Body };
};
const get = async (path: string) => (await platform.request('GET', path)).body as Body;
const rebuilt = ['account-directory', 'staff-directory', 'ledger_directory', 'pipeline', 'account_360'];

/** Every table of the database that holds one of these words, as text or in the bytes of its rows. */
async function tablesWith(words: readonly string[]): Promise<readonly string[]> {
  const { rows } = await platform.database.pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const patterns = words.flatMap((word) => [`%${word}%`, `%${Buffer.from(word).toString('hex')}%`]);
    const hits = await platform.database.pool.query(`select 1 from ${name} t where t::text ilike any ($1) limit 1`, [
      patterns,
    ]);
    if (hits.rowCount !== 0) found.push(name);
  }
  return found;
}

async function caughtUp(): Promise<void> {
  await eventually('every subscription has reached the head', async () => {
    const { services } = (await get('/v1/platform/status')) as unknown as {
      services: { subscriptions: { lagEvents: string | null }[] }[];
    };
    return services.flatMap(({ subscriptions }) => subscriptions).every(({ lagEvents }) => lagEvents === '0');
  });
}

/** Rows of every table of the read models with personal columns. */
async function readModels(): Promise<string> {
  const { rows } = await platform.database.pool.query<{ name: string; key: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema ~ '^(account_directory|staff_directory|ledger_directory|pipeline|account_360)_v'
        and table_name not in ('checkpoints', 'declaration') order by 1`,
  );
  const tables: string[] = [];
  for (const { name } of rows) {
    const content = await platform.database.pool.query<{ rows: string | null }>(
      `select string_agg(t::text, e'\n' order by t::text) as rows from ${name} t`,
    );
    tables.push(`${name}\n${content.rows[0]?.rows ?? ''}`);
  }
  return tables.join('\n');
}

describe('erasure of personal data', () => {
  beforeAll(async () => {
    platform = await startPlatform();
    staffId = (await post('/v1/staff', { name: STAFF, position: 'account manager', managerId: null })).body[
      'id'
    ] as string;
    const account = await post('/v1/accounts', {
      name: PERSON,
      legalForm: 'natural',
      taxId: 'ZZ-4711-0815',
      address: 'Quistorp-Weg 1',
      ownerId: staffId,
    });
    accountId = account.body['id'] as string;
    const contact = await post(`/v1/accounts/${accountId}/contacts`, { name: CONTACT, roles: ['dunning'] });
    contactId = contact.body['id'] as string;
    await caughtUp();
  }, 90_000);
  afterAll(() => platform.dispose());

  it('X-08: before it, the name is in the answers and the read models, and nowhere else', async () => {
    expect((await get(`/v1/accounts/${accountId}`))['name']).toBe(PERSON);
    expect(await tablesWith([PERSON, CONTACT, STAFF])).toEqual([
      'account_360_v1.account_facts',
      'account_360_v1.accounts',
      'account_directory_v2.account_profiles',
      'ledger_directory_v4.ledger_accounts',
      'ledger_directory_v4.letter_contacts',
      'pipeline_v1.staff_facts',
      'staff_directory_v1.staff_placings',
    ]);
  });

  it('X-08: belongs to administrators, and names a person who is known', async () => {
    const manager = await platform.token('sales-manager');
    const request = { subject: accountId, reason: 'asked for it' };
    expect((await platform.request('POST', '/v1/platform/erasures', request, { token: manager })).status).toBe(403);
    const unknown = await post('/v1/platform/erasures', {
      ...request,
      subject: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11',
    });
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'NotFound']);
    const wordless = await post('/v1/platform/erasures', { subject: accountId });
    expect([wordless.status, wordless.body['code']]).toEqual([422, 'InvalidRequest']);
    const asked = await kontor(platform.folder, 'erase', accountId, '--reason', 'asked for it');
    expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('Say --yes')]);
    const trial = await kontor(platform.folder, 'erase', accountId, '--reason', 'asked for it', '--dry-run');
    expect([trial.code, trial.stdout]).toEqual([
      0,
      expect.stringContaining(`the key of ${accountId} would be destroyed`),
    ]);
    expect((await get(`/v1/accounts/${accountId}`))['name']).toBe(PERSON);
  });

  it('X-08: fault row 16: afterwards nobody reads them: store, read models, memory, history; once, however often asked', async () => {
    const reason = 'request 4711 under Art. 17';
    const erased = await kontorJson<Body>(platform.folder, 'erase', accountId, '--reason', reason, '--yes');
    for (const subject of [contactId, staffId])
      expect((await post('/v1/platform/erasures', { subject, reason })).status).toBe(200);
    const again = await post('/v1/platform/erasures', { subject: accountId, reason });
    expect([again.status, again.body['revision']]).toEqual([200, erased['revision']]);
    const trial = await post('/v1/platform/erasures', { subject: accountId, reason, dryRun: true });
    expect([trial.status, trial.body]).toEqual([200, { dryRun: true, subject: accountId, erasedBefore: true }]);
    await caughtUp();

    expect(await tablesWith([PERSON, CONTACT, STAFF, 'Quistorp', 'ZZ47110815', 'ZZ-4711-0815'])).toEqual([]);
    const account = await get(`/v1/accounts/${accountId}`);
    expect(account['name']).toBeNull();
    expect(JSON.stringify(account)).not.toMatch(/Quistorp|Umlauff|4711-0815/);
    const history = String((await platform.request('GET', '/v1/history/accounts')).body);
    expect(history).not.toMatch(/Quistorp|Umlauff|Zeisig/);
    expect(history).toContain('kontor.accounts.personal-data-erased.v1');
    const { items } = (await get(`/v1/streams/accounts/erasure-${accountId}`)) as unknown as {
      items: { type: string; data: unknown; metadata: Body }[];
    };
    expect(items).toEqual([
      expect.objectContaining({
        type: 'accounts.PersonalDataErased.v1',
        data: { subject: accountId },
        metadata: expect.objectContaining({ actor: 'administrator', reason, origin: 'person' }) as unknown,
      }),
    ]);
  });

  it('X-08: nothing new is kept about who was erased', async () => {
    const changed = await post(`/v1/accounts/${accountId}/changes`, { name: 'Xanthippe Q.' });
    expect([changed.status, changed.body['code']]).toEqual([409, 'SubjectErased']);
  });

  it('X-08: fault row 16: a rebuild completes and gives the same rows', async () => {
    const live = await readModels();
    expect(live).toContain(accountId);
    for (const projection of rebuilt)
      expect((await post(`/v1/platform/projections/${projection}/rebuild`, {})).status).toBe(202);
    await caughtUp();
    expect(await readModels()).toBe(live);
  });

  it('X-08: a key that was destroyed by a fault’s leave is recorded at the next start', async () => {
    const one = await post('/v1/accounts', { name: 'Somebody Else', legalForm: 'natural' });
    const id = one.body['id'] as string;
    await caughtUp();
    await platform.kill();
    await platform.database.pool.query(
      `update kontor_keys.keys set key = null, destroyed_at = now() where subject = $1`,
      [id],
    );
    platform = await startPlatform({ again: platform });
    await caughtUp();
    expect(await tablesWith(['Somebody Else'])).toEqual([]);
    expect((await get(`/v1/streams/accounts/erasure-${id}`))['items']).toHaveLength(1);
  }, 90_000);
});
