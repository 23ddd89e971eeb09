import { describe, expect, it } from '@jest/globals';
import { goldenFaults, goldenFilesOf, storedNames, upcastFaults } from './stored-events.mjs';

const identity = (data: object) => data;
const aggregate = (events: object) => ({ codec: { context: 'orders', events } }) as never;
const PLACED = 'libs/orders/domain/src/order/golden/order-placed.v1.json';
const released = { 'orders.OrderPlaced.v1': { file: PLACED, sha256: 'aa' } };
const names = ['orders.OrderPlaced.v1'];
const files = { 'orders.OrderPlaced.v1': [PLACED] };
const hashOf = (path: string) => (path === PLACED ? 'aa' : undefined);

describe('stored events', () => {
  it('X-01: are named by context, type and every version that was ever stored', () => {
    const order = aggregate({ OrderPlaced: { version: 2, upcasts: { 1: identity } }, OrderHeld: { version: 1 } });
    expect(storedNames([order, order])).toEqual([
      'orders.OrderHeld.v1',
      'orders.OrderPlaced.v1',
      'orders.OrderPlaced.v2',
    ]);
    expect(upcastFaults([order])).toEqual([]);
  });

  it('X-01: need a way from every version to the present one', () => {
    expect(upcastFaults([aggregate({ OrderPlaced: { version: 3, upcasts: { 2: identity } } })])).toEqual([
      'orders.OrderPlaced has no upcast from version 1',
    ]);
  });

  it('X-01: have their golden file in their own context', () => {
    const paths = [
      PLACED,
      'libs/receivables/domain/src/order/golden/order-placed.v1.json',
      'apps/kontor/src/administration/golden/backup-taken.v1.json',
    ];
    expect(goldenFilesOf([...names, 'platform.BackupTaken.v1'], paths)).toEqual({
      'orders.OrderPlaced.v1': [PLACED],
      'platform.BackupTaken.v1': ['apps/kontor/src/administration/golden/backup-taken.v1.json'],
    });
  });

  it('X-01: are as they were released', () => {
    expect(goldenFaults(released, names, files, hashOf)).toEqual([]);
  });

  it.each([
    ['a version without a golden file', [names, {}, hashOf], 'orders.OrderPlaced.v1 has no golden file'],
    [
      'a version with two',
      [names, { 'orders.OrderPlaced.v1': [PLACED, 'elsewhere'] }, hashOf],
      `orders.OrderPlaced.v1 has two golden files: ${PLACED}, elsewhere`,
    ],
    [
      'an event that no codec reads any more',
      [[], {}, hashOf],
      'orders.OrderPlaced.v1 was stored by the last release, and no codec reads it any more',
    ],
    [
      'a golden file that vanished',
      [names, files, () => undefined],
      `${PLACED}, what orders.OrderPlaced.v1 looked like when it was stored, is gone`,
    ],
    [
      'a golden file that was edited',
      [names, files, () => 'bb'],
      `${PLACED} was edited: orders.OrderPlaced.v1 lies in stores as it was; a change is a new version`,
    ],
  ] as const)('X-01: refuse %s', (_, [stored, found, hash], sentence) => {
    expect(goldenFaults(released, stored as never, found as never, hash)).toEqual([sentence]);
  });
});
