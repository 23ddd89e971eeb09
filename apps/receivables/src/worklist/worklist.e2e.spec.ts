import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';
import { client } from '../receivables.scenarios.ts';

interface Money {
  readonly amountMinor: number;
}
interface Item {
  readonly accountId: string;
  readonly priority: number;
  readonly priorityParts: { readonly [part: string]: number };
  readonly nextStep: string;
  readonly overdue: Money;
  readonly disputed: Money;
  readonly daysOverdue: number;
  readonly aboveNorm: Money;
}
interface Worklist {
  readonly all: number;
  readonly items: readonly Item[];
}
interface BadState {
  readonly accounts: number;
  readonly amount: Money;
  readonly onTarget: boolean;
}
interface Portfolios {
  readonly items: readonly { ownerId: string | null; currency: string; aboveNorm: BadState; overdue: BadState }[];
}

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
let platform: TestPlatform;
let http: ReturnType<typeof client>;
let today: string;
const clients = new Map<string, string>();

beforeAll(async () => {
  platform = await startPlatform({ env: { KONTOR_DUNNING_SCHEDULE: 'off' } });
  http = client(platform);
  today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' }).format(new Date());
  for (const name of ['old', 'large', 'promising', 'disputing', 'above']) {
    const { id } = await http.post<{ id: string }>('/v1/accounts', { name: `Client ${name}` });
    clients.set(name, id);
  }
  await owes('old', 100_000, 90);
  await owes('large', 2_000_000, 2);
  await owes('promising', 50_000, 20);
  await http.post('/v1/promises', { ...at('promising'), amount: eur(50_000), promisedOn: addDays(today, 3) });
  const number = await owes('disputing', 70_000, 20);
  const dispute = { ...at('disputing'), currency: 'EUR', invoiceNumber: number, reason: 'not as ordered' };
  await http.post('/v1/disputes', dispute);
  await http.post('/v1/credit-limits', { ...at('above'), limit: eur(1_000) });
  await owes('above', 4_000, -10);
}, 120_000);
afterAll(() => platform.dispose());

const at = (name: string) => ({ accountId: clients.get(name) ?? '' });
const nameOf = ({ accountId }: Item) => [...clients].find(([, id]) => id === accountId)?.[0];

/** An invoice that was due so many days ago; answers its number once the items are listed. */
async function owes(name: string, amountMinor: number, daysOverdue: number): Promise<string> {
  const due = addDays(today, -daysOverdue);
  const invoiceDate = due < today ? due : today;
  const { id } = await http.post<{ id: string }>('/v1/invoices', {
    ...at(name),
    currency: 'EUR',
    invoiceDate,
    lines: [{ description: 'Pump', amountMinor }],
    terms: { base: 'invoice-date', parts: [{ days: due < today ? 0 : -daysOverdue, portion: 1 }] },
  });
  return eventually('the invoice is issued and its items are open', async () => {
    const { items } = await http.get<{ items: { id: string; number: string | null; open: Money }[] }>(
      `/v1/invoices?accountId=${at(name).accountId}`,
    );
    return items.find((item) => item.id === id && item.open.amountMinor > 0)?.number ?? false;
  });
}

const worklist = (query = '') => http.get<Worklist>(`/v1/dunning/worklist${query}`);

describe('the worklist of a collector', () => {
  it('R-18: orders by priority, explains it, and says what to do first', async () => {
    const list = await eventually('everything is listed', async () => {
      const found = await worklist();
      const steps = new Set(found.items.map(({ nextStep }) => nextStep));
      return found.all === 4 && steps.size === 3 && found;
    });
    expect(list.items.map((item) => [nameOf(item), item.nextStep, item.priority, item.priorityParts])).toEqual([
      ['large', 'call', 40, { amount: 40, age: 0, promises: 0, level: 0 }],
      ['old', 'call', 34, { amount: 4, age: 30, promises: 0, level: 0 }],
      ['promising', 'wait-for-promise', 8, { amount: 2, age: 6, promises: 0, level: 0 }],
      ['disputing', 'settle-dispute', 6, { amount: 0, age: 6, promises: 0, level: 0 }],
    ]);
    expect(list.items.map(({ overdue, disputed, daysOverdue }) => [overdue, disputed, daysOverdue])).toEqual([
      [eur(2_000_000), eur(0), 2],
      [eur(100_000), eur(0), 90],
      [eur(50_000), eur(0), 20],
      [eur(70_000), eur(70_000), 20],
    ]);
  });

  it('R-18: shows the first ones when asked for few, one account, and nothing of another currency', async () => {
    const first = await worklist('?limit=1');
    expect([first.all, first.items.map(nameOf)]).toEqual([4, ['large']]);
    const one = await worklist(`?accountId=${at('old').accountId}`);
    expect([one.all, one.items.map(nameOf)]).toEqual([1, ['old']]);
    expect(await worklist('?currency=USD')).toEqual({ all: 0, items: [] });
  });

  it('R-18 X-14: a seller sees the clients they own, and none of others', async () => {
    const ownerId = '00000000-0000-4000-8000-000000000001';
    const token = await platform.token('account-manager', { staffId: ownerId });
    const reply = await platform.request('GET', '/v1/dunning/worklist', undefined, { token });
    expect([reply.status, reply.body]).toEqual([200, { all: 0, items: [] }]);
  });

  it('R-18: a payment takes the client off the list', async () => {
    const { accountId } = at('old');
    const paid = await http.post<{ consistencyToken: string }>('/v1/payments', { accountId, amount: eur(100_000) });
    const list = await worklist(`?consistentWith=${paid.consistencyToken}`);
    expect(list.items.map(nameOf)).toEqual(['large', 'promising', 'disputing']);
  });

  it('R-04: above norm and overdue are counted apart, and their target is none', async () => {
    const { items } = await http.get<Portfolios>('/v1/portfolios?currency=EUR');
    expect(items.map(({ aboveNorm, overdue }) => ({ aboveNorm, overdue }))).toEqual([
      {
        aboveNorm: { accounts: 1, amount: eur(3_000), onTarget: false },
        overdue: { accounts: 3, amount: eur(2_120_000), onTarget: false },
      },
    ]);
    const { accountId } = at('above');
    const raised = await http.post<{ consistencyToken: string }>('/v1/credit-limits', { accountId, limit: eur(4_000) });
    const after = await http.get<Portfolios>(`/v1/portfolios?currency=EUR&consistentWith=${raised.consistencyToken}`);
    expect(after.items.map(({ aboveNorm }) => aboveNorm)).toEqual([{ accounts: 0, amount: eur(0), onTarget: true }]);
  });
});

describe('the exposure of a group', () => {
  it('R-03: along the hierarchy, each ledger explained by its parts', async () => {
    const register = async (name: string, parentId: string | null) =>
      (await http.post<{ id: string }>('/v1/accounts', { name, parentId })).id;
    const holding = await register('Holding', null);
    const plant = await register('Plant', holding);
    const shop = await register('Shop of the plant', plant);
    const sister = await register('Sister', holding);
    for (const [name, id] of Object.entries({ holding, plant, shop, sister })) clients.set(name, id);
    await owes('holding', 10_000, -5);
    await owes('plant', 20_000, -5);
    await owes('shop', 40_000, -5);
    await owes('sister', 80_000, -5);
    const paid = await http.post<{ consistencyToken: string }>('/v1/payments', { ...at('shop'), amount: eur(41_500) });
    interface Group {
      readonly topAccountId: string;
      readonly unseen: number;
      readonly items: readonly {
        readonly own: Money;
        readonly withBranches: Money;
        readonly group: Money;
        readonly ledgers: readonly { readonly accountId: string; readonly exposure: { readonly total: Money } }[];
      }[];
    }
    const of = async (accountId: string) =>
      http.get<Group>(`/v1/exposures?accountId=${accountId}&consistentWith=${paid.consistencyToken}`);
    const found = await eventually('the hierarchy is known', async () => {
      const answer = await of(plant);
      return answer.items[0]?.ledgers.length === 4 && answer;
    });
    expect([found.topAccountId, found.unseen, found.items.length]).toEqual([holding, 0, 1]);
    expect(found.items).toMatchObject([
      { entityId: 'main', currency: 'EUR', own: eur(20_000), withBranches: eur(18_500), group: eur(108_500) },
    ]);
    const ledger = found.items[0]?.ledgers.find(({ accountId }) => accountId === shop);
    expect(ledger).toMatchObject({
      parentId: plant,
      exposure: { total: eur(-1_500), openPrincipal: eur(0), openCharges: eur(0), unallocatedCredit: eur(1_500) },
    });
    expect((await of(sister)).items).toMatchObject([
      { own: eur(80_000), withBranches: eur(80_000), group: eur(108_500) },
    ]);
    expect((await of(at('large').accountId ?? '')).items).toMatchObject([
      { own: eur(2_000_000), group: eur(2_000_000) },
    ]);
  });
});
