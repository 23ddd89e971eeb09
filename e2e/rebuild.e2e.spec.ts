import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';

const MINUTE_MS = 60_000;

interface Status {
  readonly schema: string;
  readonly state: string;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly done: string;
  readonly total: string;
  readonly caughtUp: boolean;
  readonly comparison: { readonly equal: boolean; readonly tables: readonly { readonly table: string }[] } | null;
}

describe('X-03: an administrator rebuilds while people work', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, MINUTE_MS);
  afterAll(() => platform.dispose());

  const post = async (path: string, body: object = {}) => {
    const { status, body: answer } = await platform.request('POST', `/v1/platform/${path}`, body);
    return { status, body: answer as unknown as Status & { readonly code: string; readonly facts: object } };
  };
  const rebuildOf = async (name: string) =>
    (await platform.request('GET', `/v1/platform/rebuilds/${name}`)).body as unknown as Status;
  const accounts = async () => {
    const { body } = await platform.request('GET', '/v1/accounts?limit=500');
    return (body as { items: readonly { readonly name: string }[] }).items.map(({ name }) => name).sort();
  };
  const register = async (name: string) => {
    const { status, body } = await platform.request('POST', '/v1/accounts', { name }, { headers: idempotencyKey() });
    expect(status).toBe(201);
    return (body as { id: string; consistencyToken: string }).id;
  };
  const heads = async () => {
    const { body } = await platform.request('GET', '/v1/platform/status');
    return (body as { services: { name: string; head: string }[] }).services.map(({ name, head }) => `${name}:${head}`);
  };
  const caughtUp = (name: string) =>
    eventually('the rebuild has caught up', async () => (await rebuildOf(name)).caughtUp && rebuildOf(name), MINUTE_MS);

  it(
    'fault row 13: started, paused, killed, resumed, compared, switched, switched back, discarded; audited; nothing else is done',
    async () => {
      const names = Array.from({ length: 30 }, (_, index) => `Firm ${String(index).padStart(2, '0')} AG`);
      for (const name of names) await register(name);
      await eventually('the list shows all', async () => (await accounts()).length === names.length);
      const others = (await heads()).filter((head) => !head.startsWith('accounts:'));

      const started = await post('rebuilds', { projection: 'account-directory', reason: 'a look' });
      expect([started.status, started.body.state, started.body.startedBy]).toEqual([202, 'building', 'administrator']);
      const again = await post('rebuilds', { projection: 'account-directory' });
      expect([again.status, again.body.code]).toEqual([409, 'RebuildUnderWay']);
      expect(again.body.facts).toMatchObject({ startedBy: 'administrator', since: started.body.startedAt });
      expect((await post('projections/account-directory/rebuild')).body.code).toBe('RebuildUnderWay');
      expect((await post('rebuilds/account-directory/pause')).body.state).toBe('paused');

      await platform.kill();
      platform = await startPlatform({ again: platform });
      expect((await rebuildOf('account-directory')).state).toBe('paused');
      expect((await post('rebuilds/account-directory/resume')).body.state).toBe('building');
      await platform.kill();
      platform = await startPlatform({ again: platform });
      await caughtUp('account-directory');
      expect(await accounts()).toEqual(names);

      expect((await post('rebuilds/account-directory/switch')).body.code).toBe('NotCompared');
      const compared = await post('rebuilds/account-directory/compare');
      expect([compared.status, compared.body.comparison?.equal]).toEqual([200, true]);
      const switched = await post('rebuilds/account-directory/switch');
      expect([switched.status, switched.body.state]).toEqual([200, 'kept']);
      expect(await accounts()).toEqual(names);
      await register('Nova KG');
      await eventually('the new one is seen', async () => (await accounts()).includes('Nova KG'));
      expect((await post('rebuilds/account-directory/switch-back')).status).toBe(200);
      expect(await accounts()).toEqual([...names, 'Nova KG']);
      expect((await post('rebuilds/account-directory/discard')).body.state).toBe('discarded');
      expect(await accounts()).toEqual([...names, 'Nova KG']);

      // A rebuild sends nothing and records nothing in other services.
      expect((await heads()).filter((head) => !head.startsWith('accounts:'))).toEqual(others);
      const { body } = await platform.request('GET', '/v1/streams/accounts/subscription-account-directory');
      const deeds = (body as { items: { type: string; metadata: { actor: string; reason?: string } }[] }).items;
      expect(deeds.map(({ type }) => type)).toEqual(
        [
          ...['RebuildStarted', 'RebuildPaused', 'RebuildResumed', 'RebuildCompared'],
          ...['ProjectionSwitched', 'ProjectionSwitchedBack', 'OldCopyDiscarded'],
        ].map((type) => `platform.${type}.v1`),
      );
      expect(deeds[0]?.metadata).toMatchObject({ actor: 'administrator', reason: 'a look' });
    },
    3 * MINUTE_MS,
  );

  it(
    'verifies, replays one account, and says what it cannot do',
    async () => {
      const accountId = await register('Replay AG');
      await eventually('it is seen', async () => (await accounts()).includes('Replay AG'));
      const verified = await post('projections/account-directory/verify');
      expect([verified.status, verified.body.comparison?.equal]).toEqual([200, true]);
      const { body: deeds } = await platform.request('GET', '/v1/streams/accounts/subscription-account-directory');
      const last = (deeds as { items: { type: string; data: { details: object }; metadata: object }[] }).items.at(-1);
      expect(last).toMatchObject({
        ...{ type: 'platform.ProjectionVerified.v1', metadata: { actor: 'administrator', origin: 'person' } },
        data: { details: { equal: true, differentRows: 0 } },
      });
      const metrics = await platform.request('GET', '/metrics', undefined, {
        token: await platform.token('service-account'),
      });
      expect(metrics.body).toContain('kontor_projection_verification_different_rows{projection="account-directory"} 0');
      expect(metrics.body).toMatch(/kontor_append_seconds_count\{service="accounts"\} [1-9]/);

      const replay = { accountId, reason: 'asked for' };
      expect((await post('projections/account-directory/replay', replay)).body).toMatchObject({ changedRows: 0 });
      const { body } = await platform.request('GET', '/v1/platform/parked');
      expect(body).toEqual({ items: [] });

      const refused: readonly [path: string, body: object, status: number, code: string][] = [
        ['rebuilds', { projection: 'no_such' }, 404, 'NoSuchProjection'],
        ['rebuilds/account-directory/pause', {}, 409, 'NoSuchRebuild'],
        ['rebuilds/account-directory/explode', {}, 422, 'InvalidRequest'],
        ['projections/account-directory/replay', { stream: 'account-nobody' }, 404, 'NothingToReplay'],
        ['projections/account-directory/replay', {}, 422, 'InvalidRequest'],
        ['parked/account-directory/retry', { lane: 'accounts account-1' }, 404, 'NoSuchLetter'],
        ['parked/account-directory/skip', { eventId: accountId, reason: 'no' }, 404, 'NoSuchLetter'],
        ['parked/no_such/retry', {}, 404, 'NoSuchSubscription'],
      ];
      for (const [path, request, status, code] of refused) {
        const reply = await post(path, request);
        expect([path, reply.status, reply.body.code]).toEqual([path, status, code]);
      }
      const token = await platform.token('analyst');
      for (const path of ['rebuilds', 'parked'])
        expect((await platform.request('GET', `/v1/platform/${path}`, undefined, { token })).status).toBe(403);
    },
    MINUTE_MS,
  );

  it(
    'X-03: verifies every projection by itself as often as it is told to',
    async () => {
      await platform.stop();
      platform = await startPlatform({ again: platform, env: { KONTOR_VERIFY_EVERY_HOURS: '0.0005' } });
      const items = async () => {
        const { body } = await platform.request('GET', '/v1/platform/verifications');
        return (body as { items: { projection: string; comparison: { equal: boolean } }[] }).items;
      };
      const names = ['pipeline', 'dunning', 'order-list', 'ledger-directory', 'staff-directory'];
      await eventually(
        'all are verified',
        async () => {
          const verified = (await items()).map(({ projection }) => projection);
          return names.every((name) => verified.includes(name));
        },
        MINUTE_MS,
      );
      expect((await items()).every(({ comparison }) => comparison.equal)).toBe(true);
    },
    2 * MINUTE_MS,
  );

  it('X-05: traces an event or a command through its causes and effects', async () => {
    const { items } = (await platform.request('GET', '/v1/streams/accounts/subscription-account-directory')).body as {
      items: { eventId: string }[];
    };
    expect(items.length).toBeGreaterThan(0);
    const id = await register('Traced AG');
    const { body } = await platform.request('GET', `/v1/streams/accounts/account-${id}`);
    const [event] = (body as { items: { eventId: string; metadata: { commandId: string; correlationId: string } }[] })
      .items;
    const traced = async (wanted: string) => {
      const reply = await platform.request('GET', `/v1/platform/trace/${wanted}`);
      return (reply.body as { nodes?: { eventId: string }[] }).nodes?.map(({ eventId }) => eventId);
    };
    await eventually('the trace knows it', async () =>
      (await traced(event?.eventId ?? ''))?.includes(event?.eventId ?? ''),
    );
    expect(await traced(event?.metadata.commandId ?? '')).toEqual(await traced(event?.eventId ?? ''));
    // What an event that stays inside its service shares with the published ones.
    expect(await traced(event?.metadata.correlationId ?? '')).toEqual(await traced(event?.eventId ?? ''));
    expect((await platform.request('GET', `/v1/platform/trace/${id}`)).status).toBe(404);
  });

  it('X-05: knows who reads the history under which name, and keeps the name for its owner', async () => {
    const erp = await platform.token('service-account', { subject: 'erp' });
    const crm = await platform.token('service-account', { subject: 'crm' });
    const read = (after: number, token: string) =>
      platform.request('GET', `/v1/history/accounts?consumer=erp-sync&after=${after}`, undefined, { token });
    expect((await read(0, erp)).status).toBe(200);
    expect((await read(3, erp)).status).toBe(200);
    expect(await read(0, crm)).toMatchObject({ status: 409, body: { code: 'ConsumerNameTaken' } });
    const { body } = await platform.request('GET', '/v1/platform/consumers');
    const { items } = body as { items: { consumer: string; owner: string; handled: string; state: string }[] };
    expect(items.filter(({ consumer }) => consumer === 'erp-sync')).toMatchObject([
      { kind: 'reader', owner: 'erp', reads: 'accounts', handled: '3' },
    ]);
    expect(items.find(({ consumer }) => consumer === 'account-directory')).toMatchObject({ kind: 'projection' });
  });
});
