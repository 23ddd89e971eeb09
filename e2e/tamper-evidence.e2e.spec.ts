import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';
import { kontor, kontorJson } from './support/command-line.ts';

interface LogLine {
  readonly service: string;
  readonly verified: string;
  readonly unsealed: string;
  readonly broken: { readonly kind: string; readonly stream: string; readonly eventId: string | null } | null;
}

let platform: TestPlatform;
let accountId: string;

async function sealed(): Promise<void> {
  await eventually('the log of accounts is sealed', async () => {
    const { body } = await platform.request('GET', '/v1/platform/status');
    const { services } = body as { services: { name: string; subscriptions: { kind: string; lagEvents: string }[] }[] };
    const lines = services.flatMap(({ subscriptions }) => subscriptions).filter(({ kind }) => kind === 'sealer');
    return lines.length === services.length && lines.every(({ lagEvents }) => lagEvents === '0');
  });
}

describe('tamper evidence', () => {
  beforeAll(async () => {
    platform = await startPlatform();
    for (const name of ['One', 'Two', 'Three']) {
      const { body } = await platform.request('POST', '/v1/accounts', { name });
      accountId = (body as { id: string }).id;
    }
    await sealed();
  }, 90_000);
  afterAll(() => platform.dispose());

  it('X-06: an untouched log is as it was sealed, after a restart too', async () => {
    await platform.stop();
    platform = await startPlatform({ again: platform });
    await sealed();
    const logs = await kontorJson<LogLine[]>(platform.folder, 'verify');
    expect(logs.map(({ broken, unsealed }) => [broken, unsealed])).toEqual(logs.map(() => [null, '0']));
    expect(Number(logs.find(({ service }) => service === 'accounts')?.verified)).toBeGreaterThan(3);
  }, 90_000);

  it('X-06: verify names the first event that was edited by hand, and the command ends with 1', async () => {
    const stream = `account-${accountId}`;
    const { rows } = await platform.database.pool.query<{ event_id: string }>(
      `update accounts_log.events e set data = convert_to(replace(convert_from(data, 'UTF8'), 'Three', 'Thieves'), 'UTF8')
         from accounts_log.streams s where s.stream_no = e.stream_no and s.name = $1 returning event_id`,
      [stream],
    );
    const shown = await kontor(platform.folder, 'verify', 'accounts');
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain(`event ${rows[0]?.event_id} at position `);
    expect(shown.stdout).toContain(`(${stream}, revision 0) is not what was sealed`);
    const { code, stdout } = await kontor(platform.folder, '--json', 'verify');
    const logs = JSON.parse(stdout) as LogLine[];
    expect(code).toBe(1);
    expect(logs.filter(({ broken }) => broken !== null)).toEqual([
      expect.objectContaining({
        service: 'accounts',
        broken: expect.objectContaining({ kind: 'changed', stream, eventId: rows[0]?.event_id }) as unknown,
      }),
    ]);
  });

  it('X-06: is for administrators, and names no other log than there is', async () => {
    const token = await platform.token('sales-manager');
    const refused = await platform.request('GET', '/v1/platform/verification', undefined, { token });
    expect(refused.status).toBe(403);
    const unknown = await kontor(platform.folder, 'verify', 'nobody');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no service nobody')]);
  });
});
