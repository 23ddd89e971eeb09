import { describe, expect, it } from '@jest/globals';
import type { DecidedNoticeSummary } from '@kontor/receivables-domain';
import { totalsOf } from './run-totals.ts';

const notice = (account: number, feeMinor: number): DecidedNoticeSummary => ({
  noticeId: `notice ${account}`,
  accountId: `account ${account}`,
  level: 2,
  items: 1,
  feeMinor,
});

describe('the totals of a run', () => {
  it('R-09: are exact up to the largest amount that can be told, whatever the order of the ledgers', () => {
    const fees = [Number.MAX_SAFE_INTEGER - 3, 1, 1, 1];
    for (const order of [fees, [...fees].reverse()])
      expect(
        totalsOf(
          order.map((fee, account) => notice(account, fee)),
          3,
          'USD',
        ),
      ).toEqual({
        notices: 4,
        byLevel: { '1': 0, '2': 4, '3': 0 },
        accounts: 4,
        itemLines: 4,
        fees: [{ amountMinor: Number.MAX_SAFE_INTEGER, currency: 'USD' }],
      });
  });

  it('R-09: beyond that they are refused with the exact sum, and never rounded', () => {
    const most = [notice(1, Number.MAX_SAFE_INTEGER), notice(2, Number.MAX_SAFE_INTEGER), notice(3, 1)];
    let thrown: unknown;
    try {
      totalsOf(most, 3, 'USD');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      status: 409,
      code: 'TotalsTooLarge',
      more: { facts: { feesMinor: '18014398509481983', maximumMinor: Number.MAX_SAFE_INTEGER, notices: 3 } },
    });
  });
});
