import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPlatform, type TestPlatform } from '@kontor/testing';

/** On whatever else the machine does. */
const START_MS = 120_000;

interface Answer {
  readonly projection?: string;
  readonly code?: string;
  readonly facts?: { readonly projections?: readonly string[]; readonly subscriptions?: readonly string[] };
}

describe('X-03: a projection', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, START_MS);
  afterAll(() => platform.dispose());

  const asked = async (method: string, path: string, body?: object): Promise<readonly [number, Answer]> => {
    const reply = await platform.request(method, `/v1/platform/${path}`, body);
    return [reply.status, reply.body];
  };
  const said = async (method: string, path: string, body?: object) => {
    const [status, { projection, code }] = await asked(method, path, body);
    return [status, projection ?? code];
  };
  async function projections(): Promise<readonly string[]> {
    const { body } = await platform.request('GET', '/v1/platform/status');
    const { services } = body as { services: readonly { subscriptions: readonly { kind: string; name: string }[] }[] };
    const lines = services.flatMap(({ subscriptions }) => subscriptions.filter(({ kind }) => kind === 'projection'));
    return [...new Set(lines.map(({ name }) => name))].sort();
  }

  it('has one name everywhere, with hyphens', async () => {
    const names = await projections();
    expect(names).toEqual(expect.arrayContaining(['account-360', 'account-directory', 'order-list', 'pipeline']));
    expect(names.filter((name) => !/^[a-z][a-z0-9-]*$/.test(name))).toEqual([]);
    for (const name of names)
      expect([name, await said('POST', `projections/${name}/verify`, {})]).toEqual([name, [200, name]]);
    const [, { items }] = (await asked('GET', 'verifications')) as unknown as [
      number,
      { items: readonly { projection: string }[] },
    ];
    expect(items.map(({ projection }) => projection).sort()).toEqual(names);
    const token = await platform.token('service-account');
    const metrics: string = (await platform.request('GET', '/metrics', undefined, { token })).body;
    const labels = Array.from(
      metrics.matchAll(/ projection="([^"]+)"|\{projection="([^"]+)"/g),
      ([, one, two]) => one ?? two ?? '',
    );
    expect([...new Set(labels)].sort()).toEqual(names);
  });

  it('is found by the name of its schema too, and answers with its own', async () => {
    for (const name of ['account-360', 'account_360']) {
      expect(await said('POST', 'rebuilds', { projection: name })).toEqual([202, 'account-360']);
      expect(await said('POST', 'rebuilds', { projection: name })).toEqual([409, 'RebuildUnderWay']);
      expect(await said('GET', `rebuilds/${name}`)).toEqual([200, 'account-360']);
      expect(await said('POST', `rebuilds/${name}/cancel`, {})).toEqual([200, 'account-360']);
      expect(await said('POST', `projections/${name}/verify`, {})).toEqual([200, 'account-360']);
      expect(await said('GET', `parked/${name}?lane=orders%20none`)).toEqual([404, 'NoSuchLetter']);
      expect(await said('POST', `projections/${name}/rebuild`, {})).toEqual([202, 'account-360']);
    }
  });

  it('that is not there is refused with the names of those that are', async () => {
    const names = await projections();
    const refused = [
      await asked('POST', 'rebuilds', { projection: 'account-361' }),
      await asked('GET', 'rebuilds/account-361'),
      await asked('POST', 'projections/account-361/verify', {}),
      await asked('POST', 'projections/account-361/replay', { stream: 'account-1' }),
      await asked('POST', 'projections/account-361/rebuild', {}),
    ];
    for (const [status, { code, facts }] of refused)
      expect([status, code, [...(facts?.projections ?? [])].sort()]).toEqual([404, 'NoSuchProjection', names]);
    const [status, { code, facts }] = await asked('GET', 'parked/account-361?lane=x');
    expect([status, code]).toEqual([404, 'NoSuchSubscription']);
    expect(facts?.subscriptions).toEqual(expect.arrayContaining([...names]));
  });
});
