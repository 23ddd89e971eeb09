import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPlatform, type TestPlatform } from '@kontor/testing';
import { randomUUID } from 'node:crypto';
import { apiOf, type Operation, operationsOf } from './support/open-api.ts';

const OPEN = ['/', '/health/live', '/health/ready'];

describe('rights', () => {
  let platform: TestPlatform;
  let operations: Operation[];
  beforeAll(async () => {
    platform = await startPlatform();
    operations = operationsOf(await apiOf(platform));
  });
  afterAll(() => platform.dispose());

  const addressOf = ({ path }: Operation) => path.replaceAll(/\{[^}]+\}/g, () => randomUUID());
  const bodyFor = ({ method }: Operation) => (method === 'GET' ? undefined : {});

  it('are asked for at every route but health and the way in: without a token there is 401, with a foreign one too', async () => {
    const answers = await Promise.all(
      operations.map(async (operation) => {
        const none = await platform.request(operation.method, addressOf(operation), bodyFor(operation), {
          token: null,
        });
        const foreign = await platform.request(operation.method, addressOf(operation), bodyFor(operation), {
          token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWxsb3J5Iiwicm9sZXMiOlsiYWRtaW5pc3RyYXRvciJdfQ.x',
        });
        return [operation.path, none.status, foreign.status] as const;
      }),
    );
    const unprotected = answers.filter(([, none, foreign]) => none !== 401 || foreign !== 401).map(([path]) => path);
    expect([...new Set(unprotected)].sort()).toEqual(OPEN);
    expect(operations.length).toBeGreaterThan(60);
  });

  it('have a rule at every route: no route is closed because nobody said who may use it', async () => {
    const codes = await Promise.all(
      operations.map(async (operation) => {
        const { body } = await platform.request(operation.method, addressOf(operation), bodyFor(operation));
        return [operation.path, ((body as { code?: string } | '' | null | undefined) || {}).code] as const;
      }),
    );
    expect(codes.filter(([, code]) => code === 'RouteWithoutRule')).toEqual([]);
  });

  it('go with a token whose scheme is written in any case, and say what is wrong with one that is broken', async () => {
    const admin = platform.adminToken;
    const answer = async (authorization: string) => {
      const reply = await fetch(`${platform.url}/v1/accounts?limit=1`, { headers: { authorization } });
      return [reply.status, ((await reply.json()) as { code?: string }).code];
    };
    expect(await answer(`bearer  ${admin}`)).toEqual([200, undefined]);
    expect(await answer('Bearer broken')).toEqual([401, 'TokenInvalid']);
    expect(await answer(`Bearer ${admin.slice(0, -3)}`)).toEqual([401, 'TokenInvalid']);
    expect(await answer('Basic YTpi')).toEqual([401, 'TokenMissing']);
  });

  it('are answered with 403 and the action where a role lacks the grant', async () => {
    const analyst = await platform.token('analyst');
    const refused = await platform.request('POST', '/v1/accounts', { name: 'X' }, { token: analyst });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ code: 'NotGranted', facts: { action: 'accounts.write', roles: ['analyst'] } });
    const service = await platform.token('service-account');
    expect((await platform.request('GET', '/metrics', undefined, { token: analyst })).status).toBe(403);
    expect((await platform.request('GET', '/metrics', undefined, { token: service })).status).toBe(200);
    expect((await platform.request('GET', '/v1/history/accounts', undefined, { token: analyst })).status).toBe(403);
    expect((await platform.request('GET', '/v1/history/accounts', undefined, { token: service })).status).toBe(200);
  });

  it('X-14: follow ownership: a foreign account is not there for a reader, and refused to a writer who may see it', async () => {
    const staff = async (name: string, managerId: string | null) => {
      const { body } = await platform.request('POST', '/v1/staff', { name, position: 'account manager', managerId });
      return body as { id: string; consistencyToken: string };
    };
    const lead = await staff('Lena Lead', null);
    const anna = await staff('Anna Own', lead.id);
    const otto = await staff('Otto Other', lead.id);
    const account = await platform.request('POST', '/v1/accounts', { name: 'Own GmbH', ownerId: anna.id });
    const { id, consistencyToken } = account.body as { id: string; consistencyToken: string };
    const read = async (staffId: string, role: string) => {
      const token = await platform.token(role, { staffId, subject: staffId });
      const one = await platform.request('GET', `/v1/accounts/${id}?consistentWith=${consistencyToken}`, undefined, {
        token,
      });
      const list = await platform.request('GET', `/v1/accounts?consistentWith=${consistencyToken}`, undefined, {
        token,
      });
      const change = await platform.request('POST', `/v1/accounts/${id}/changes`, { sector: 'trade' }, { token });
      return [one.status, (list.body as { items: unknown[] }).items.length, change.status];
    };
    await platform.request('GET', `/v1/accounts?consistentWith=${consistencyToken}`);
    expect(await read(anna.id, 'account-manager')).toEqual([200, 1, 200]);
    expect(await read(otto.id, 'account-manager')).toEqual([404, 0, 404]);
    expect(await read(lead.id, 'sales-manager')).toEqual([200, 1, 200]);
    const deal = async (staffId: string, role: string) => {
      const token = await platform.token(role, { staffId });
      const open = (accountId: string | null) =>
        platform.request('POST', '/v1/opportunities', { title: 'A press', accountId }, { token });
      const waiting = (await open(null)).body as { id: string };
      const path = `/v1/opportunities/${waiting.id}/account`;
      return [(await open(id)).status, (await platform.request('POST', path, { accountId: id }, { token })).status];
    };
    expect(await deal(anna.id, 'account-manager')).toEqual([201, 200]);
    expect(await deal(otto.id, 'account-manager')).toEqual([404, 404]);
    const collector = await platform.token('collector');
    const change = await platform.request('POST', `/v1/accounts/${id}/changes`, { sector: 'x' }, { token: collector });
    expect([change.status, (change.body as { code: string }).code]).toEqual([403, 'NotGranted']);
  });
});
