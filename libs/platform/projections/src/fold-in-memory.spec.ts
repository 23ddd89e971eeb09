import { describe, expect, it } from '@jest/globals';
import { fixedKeyVault } from '@kontor/event-store';
import { type CloudEvent, PARTITIONS, partitionOf } from '@kontor/kernel';
import { foldInMemory } from './fold-in-memory.ts';
import { parseConsistencyToken } from './consistency.ts';
import { notesProjection } from './notes.scenarios.ts';
import { servicesOf } from './schema.ts';
import { unsealAll } from './unseal.ts';

let position = 0;
function event(subject: string, name: string, data: object): CloudEvent {
  position += 1;
  return {
    specversion: '1.0',
    id: `00000000-0000-4000-9000-${String(position).padStart(12, '0')}`,
    source: '/kontor/notes',
    type: `kontor.notes.${name}.v1`,
    subject,
    time: '2026-11-21T10:00:00.000Z',
    datacontenttype: 'application/json',
    logid: '00000000-0000-4000-8000-000000000000',
    position: String(position),
    previousposition: '0',
    partition: partitionOf(subject, PARTITIONS),
    revision: position,
    recordedat: '2026-11-21T10:00:00.000000Z',
    actor: 'somebody',
    origin: 'person',
    commandid: 'c',
    correlationid: 'c',
    data,
  };
}
const taken = (subject: string, text: string) => event(subject, 'note-taken', { text, on: '2026-11-21' });

describe('foldInMemory', () => {
  it('puts, changes and deletes in order', () => {
    const { tables, parked } = foldInMemory(notesProjection(), [
      taken('notebook-1', 'a'),
      taken('notebook-1', 'b'),
      taken('notebook-2', 'c'),
      event('notebook-2', 'notebook-erased', {}),
      event('notebook-3', 'page-counted', {}),
      event('notebook-1', 'page-counted', {}),
    ]);
    expect(parked).toEqual([]);
    expect(tables.notebooks).toEqual([{ notebook: 'notebook-1', pages: 3, last_text: 'b', busy: false }]);
    expect(tables.notes?.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });

  it('a stream whose event fails waits from there on, and leaves nothing of that event', () => {
    const poison = event('notebook-1', 'note-taken', { text: 'a', on: 'no date' });
    const behind = taken('notebook-1', 'b');
    const { tables, parked } = foldInMemory(notesProjection(), [
      taken('notebook-1', 'before'),
      poison,
      behind,
      taken('notebook-2', 'c'),
    ]);
    expect(parked).toEqual([
      { event: poison, error: expect.objectContaining({ message: 'notes.taken_on: no date is not a date' }) },
      { event: behind, error: null },
    ]);
    expect(tables.notes?.map(({ text }) => text)).toEqual(['before', 'c']);
    expect(tables.notebooks?.map(({ pages }) => pages)).toEqual([1, 1]);
  });
});

it('unseals fields wherever they lie, and gives null for a destroyed key', async () => {
  const prepared: string[][] = [];
  const vault = Object.assign(fixedKeyVault(), {
    prepare: async (subjects: readonly string[]) => void prepared.push([...subjects]),
    unseal: (subject: string, sealed: string) => (subject === 'gone' ? null : `${subject} ${sealed}`),
  });
  const sealed = event('notebook-1', 'note-taken', {
    name: { sealed: 'x', subject: 'k-1' },
    lines: [{ to: { sealed: 'y', subject: 'gone' } }, 'plain', null],
    amount: 5,
  });
  const [plain] = await unsealAll(vault, [sealed]);
  expect(plain?.data).toEqual({ name: 'k-1 x', lines: [{ to: null }, 'plain', null], amount: 5 });
  expect(prepared).toEqual([['k-1', 'gone']]);
});

it('a consistency token names services and positions', () => {
  expect([...parseConsistencyToken('orders:18842,accounts:7, orders:9')]).toEqual([
    ['orders', 18842n],
    ['accounts', 7n],
  ]);
  for (const token of ['', 'orders', 'orders:', 'orders:-1', 'orders:07', 'orders:1;accounts:2', 'orders:1e3'])
    expect(() => parseConsistencyToken(token)).toThrow('a consistency token is a list');
});

it('the services of a projection are those of its contracts', () => {
  expect(servicesOf(['kontor.orders.order-placed.v1', 'kontor.accounts.a.v1', 'kontor.orders.b.v2'])).toEqual([
    'accounts',
    'orders',
  ]);
  expect(() => servicesOf(['orders.order-placed'])).toThrow('is not a contract type');
});
