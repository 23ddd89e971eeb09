import { expect, it } from '@jest/globals';
import { allServices } from '../composition/services.ts';
import { isPositionColumn, serviceOfPosition, UnknownPositions } from './position-columns.ts';

const projections = (await allServices()).flatMap((definition) => definition.projections);

it('knows of every position in every read model which log it is of', () => {
  const known = projections.flatMap((projection) =>
    Object.entries(projection.tables).flatMap(([table, { columns }]) =>
      Object.entries(columns)
        .filter(([name, { type }]) => type === 'bigint' && isPositionColumn(name))
        .map(([name]) => [
          `${projection.name}.${table}.${name}`,
          serviceOfPosition(projection, name, new Set(Object.keys(columns))),
        ]),
    ),
  );
  expect(known).toContainEqual(['event_trace.traced_events.position', 't.service']);
  expect(known).toContainEqual(['dunning.ledger_lines.position', `split_part(t.contract, '.', 2)`]);
  expect(known.filter(([name]) => name?.startsWith('pipeline.')).map(([, service]) => service)).not.toContain(
    't.service',
  );
  expect(known.length).toBeGreaterThan(10);
});

it('refuses a read model of several services that does not say', () => {
  const on = { 'kontor.orders.order-placed.v1': () => [], 'kontor.accounts.account-changed.v1': () => [] };
  expect(() =>
    serviceOfPosition({ name: 'both', version: 1, viewSchema: 'x', tables: {}, on }, 'position', new Set(['position'])),
  ).toThrow(UnknownPositions);
});
