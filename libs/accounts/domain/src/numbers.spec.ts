import { describe, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { importRunDecider, type ImportRunEvent } from './import-run/import-run.decider.ts';
import { numberClaimDecider, type NumberClaimEvent } from './number-claim/number-claim.decider.ts';
import { numberRangeDecider, type NumberRangeEvent } from './number-range/number-range.decider.ts';

const reserved = (key: string | null, first: number, count: number): NumberRangeEvent => ({
  type: 'NumbersReserved',
  data: { key, first, count },
});
const reserve = (key: string | null, count: number) => ({ type: 'ReserveNumbers', key, count }) as const;

describe('the number range', () => {
  it('A-01: hands out blocks that follow each other', () => {
    given(numberRangeDecider, [])
      .when(reserve(null, 20))
      .then(reserved(null, 1, 20));
    given(numberRangeDecider, [reserved(null, 1, 20)])
      .when(reserve(null, 20))
      .then(reserved(null, 21, 20));
  });

  it('X-09: a block reserved under a key is the same one again', () => {
    given(numberRangeDecider, [reserved('run', 1, 85)])
      .when(reserve('run', 85))
      .then();
    given(numberRangeDecider, [reserved('run', 1, 85)])
      .when(reserve('run', 86))
      .thenRefused('ReservedOtherwise', { key: 'run', count: 86, reserved: 85 });
  });

  it('A-01: refuses a block that would use up the range', () => {
    given(numberRangeDecider, [])
      .when(reserve(null, 1001))
      .thenRefused('BlockTooLarge', { count: 1001, maxBlock: 1000 });
  });
});

describe('a given number', () => {
  const claimed: NumberClaimEvent = {
    type: 'NumberClaimed',
    data: { number: '1604-LIFKX', accountId: 'first', claimedAt: '2026-03-02T09:00:00.000Z' },
  };
  const claim = (accountId: string, now: string, holderIsRegistered: boolean) =>
    ({ type: 'ClaimNumber', number: '1604-LIFKX', accountId, holderIsRegistered, now }) as const;

  it('A-01: belongs to the account that claimed it first', () => {
    given(numberClaimDecider, [])
      .when(claim('first', '2026-03-02T09:00:00.000Z', false))
      .then(claimed);
    given(numberClaimDecider, [claimed])
      .when(claim('first', '2026-03-02T09:00:01.000Z', false))
      .then();
    given(numberClaimDecider, [claimed])
      .when(claim('second', '2026-12-02T09:00:00.000Z', true))
      .thenRefused('NumberTaken', { number: '1604-LIFKX', accountId: 'first' });
  });

  it('A-01: is free again when the registration that claimed it never came', () => {
    given(numberClaimDecider, [claimed])
      .when(claim('second', '2026-03-02T09:01:00.000Z', false))
      .thenRefused('NumberTaken', { number: '1604-LIFKX', accountId: 'first' });
    given(numberClaimDecider, [claimed])
      .when(claim('second', '2026-03-02T09:01:00.001Z', false))
      .then({
        type: 'NumberClaimed',
        data: { number: '1604-LIFKX', accountId: 'second', claimedAt: '2026-03-02T09:01:00.001Z' },
      });
  });

  it('A-01: is never one of the number range', () => {
    given(numberClaimDecider, [])
      .when({ ...claim('first', '2026-03-02T09:00:00.000Z', false), number: 'a-000007' })
      .thenRefused('NumberBelongsToRange', { number: 'a-000007' });
  });
});

describe('an import run', () => {
  const begin = { type: 'BeginImport', runId: 'r', source: 'crm', contentHash: 'h', today: '2026-03-02' } as const;
  const begun: ImportRunEvent = {
    type: 'ImportBegun',
    data: { runId: 'r', source: 'crm', contentHash: 'h', businessDate: '2026-03-02' },
  };

  it('X-09: fixes its date when it first begins, and keeps it', () => {
    given(importRunDecider, []).when(begin).then(begun);
    given(importRunDecider, [begun])
      .when({ ...begin, today: '2026-04-01' })
      .then();
  });
});
