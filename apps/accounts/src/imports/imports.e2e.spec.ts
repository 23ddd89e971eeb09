import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPlatform, type TestPlatform } from '@kontor/testing';

interface Body {
  readonly [field: string]: unknown;
}

let platform: TestPlatform;

async function post(path: string, body: unknown, token?: string) {
  const reply = await platform.request('POST', path, body, token === undefined ? {} : { token });
  return { status: reply.status, body: reply.body as Body };
}
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const begin = async (source: string, content: string) =>
  (await post('/v1/imports/runs', { source, contentHash: hash(content) })).body as unknown as {
    runId: string;
    date: string;
  };

describe('imports over HTTP', () => {
  beforeAll(async () => {
    platform = await startPlatform();
  }, 90_000);
  afterAll(() => platform.dispose());

  it('X-09: the same files are the same run, with the date on which it first began', async () => {
    const first = await begin('crm', 'files');
    expect(await begin('crm', 'files')).toEqual(first);
    expect((await begin('crm', 'other files')).runId).not.toBe(first.runId);
    expect((await begin('receivables', 'files')).runId).not.toBe(first.runId);
  });

  it('X-09: customers of the receivables file have their id as number and name, and are found by it', async () => {
    const run = await begin('receivables', 'customers');
    const rows = [
      { line: 2, customerId: '0379-NEVHP', countryCode: '391' },
      { line: 3, customerId: '8976-AMJEO', countryCode: '406' },
      { line: 4, customerId: '', countryCode: '406' },
    ];
    const { body } = await post('/v1/imports/receivables/accounts', { ...run, rows });
    expect(body['rows']).toEqual([
      { line: 2, outcome: 'accepted' },
      { line: 3, outcome: 'accepted' },
      {
        line: 4,
        outcome: 'rejected',
        code: 'InvalidRow',
        field: 'customerId',
        sentence: 'customerId: must not be empty.',
      },
    ]);
    const again = await post('/v1/imports/receivables/accounts', { ...run, rows: rows.slice(0, 2) });
    expect(again.body).toEqual({
      rows: [
        { line: 2, outcome: 'already-known' },
        { line: 3, outcome: 'already-known' },
      ],
      consistencyToken: null,
    });
    const list = await platform.request(
      'GET',
      `/v1/accounts?number=0379-NEVHP&consistentWith=${body['consistencyToken']}`,
    );
    expect((list.body as Body)['items']).toEqual([
      expect.objectContaining({ name: '0379-NEVHP', externalId: '0379-NEVHP', country: null }),
    ]);
    const taken = await post('/v1/accounts', { name: 'Somebody', number: '8976-AMJEO' });
    expect(taken.body['code']).toBe('NumberTaken');
  });

  it('X-09: a call names a run that has begun, and its date', async () => {
    const run = await begin('crm', 'a run');
    const rows = [{ line: 2, salesAgent: 'Anna', manager: 'Dustin', regionalOffice: 'West' }];
    const other = await begin('receivables', 'a run');
    const cases: readonly (readonly [unknown, string])[] = [
      [{ ...run, rows, runId: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11' }, 'runId'],
      [{ ...other, rows }, 'runId'],
      [{ ...run, rows, date: '2020-01-01' }, 'date'],
      [{ ...run, rows: [] }, 'rows'],
      [{ ...run, rows: [{ salesAgent: 'Anna' }] }, 'rows.0.line'],
    ];
    for (const [request, field] of cases) {
      const { status, body } = await post('/v1/imports/crm/staff', request);
      expect([status, (body['errors'] as { field: string }[])[0]?.field]).toEqual([422, field]);
    }
    expect((await post('/v1/imports/crm/staff', { ...run, rows })).status).toBe(200);
  });

  it('X-09: only who may import imports', async () => {
    const token = await platform.token('sales-manager');
    expect((await post('/v1/imports/runs', { source: 'crm', contentHash: hash('x') }, token)).status).toBe(403);
  });
});
