import { expect, it } from '@jest/globals';
import { type Projection, ProjectionBuilding } from '@kontor/projections';
import pg from 'pg';
import { ReadGuard } from './read-guard.ts';

it('X-03: while a version is built, no query of the service reads its views, whichever way it is asked', async () => {
  const projection: Projection = {
    ...{ name: 'orders-read', version: 2, viewSchema: 'orders', on: {} },
    tables: { order_list: { comment: '', key: [], columns: {} } },
    views: { open_orders: { comment: '', columns: {}, select: '' } },
  };
  const build = { schema: 'orders_read_v2', version: 2, viewsOn: 1, oldSchema: 'orders_read_v1' };
  const live = {
    projection,
    building: undefined as typeof build | undefined,
    requireReadable: () => {
      throw new ProjectionBuilding('orders-read', 2, 1);
    },
  };
  const guard = new ReadGuard();
  guard.watch([live]);
  // Nobody listens there: a question that gets through fails otherwise.
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  const asked = async (question: string | { text: string }) =>
    guard
      .over(pool)
      .query(question)
      .then(String, ({ name, code }: { name: string; code?: string }) => code ?? name);
  const questions = [
    'select 1 from orders.order_list t',
    'from orders."open_orders"',
    { text: 'from "orders".order_list' },
  ];
  for (const question of questions) expect(await asked(question)).toBe('ECONNREFUSED');
  live.building = build;
  for (const question of questions) expect(await asked(question)).toBe('ProjectionBuilding');
  for (const question of ['select 1', 'from orders.order_list_of_others', 'from reorders.order_list'])
    expect(await asked(question)).toBe('ECONNREFUSED');
  await pool.end();
});
