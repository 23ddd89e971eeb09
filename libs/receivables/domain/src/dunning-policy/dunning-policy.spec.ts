import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { noticeText } from '../notice/notice-text.ts';
import { dunningPolicyDecider, type StorePolicy } from './dunning-policy.decider.ts';

const store: StorePolicy = {
  type: 'StorePolicy',
  policyId: 'p',
  entityId: 'main',
  currency: 'USD',
  name: 'first',
  daysBetweenNotices: 7,
  minimumBalanceMinor: 0,
  toleranceMinor: 0,
  levels: [
    { level: 1, daysAfterDue: 1, feeMinor: 0, restriction: null },
    { level: 2, daysAfterDue: 8, feeMinor: 1_000, restriction: null },
  ],
  interestRates: [],
};
const { type: _type, ...content } = store;
const stored = (version: number, more = {}) =>
  ({ type: 'DunningPolicyStored', data: { ...content, version, ...more } }) as const;

describe('dunning policies', () => {
  it('R-08: a version is never changed; the same content again is the version that is there', () => {
    given(dunningPolicyDecider, []).when(store).then(stored(1));
    given(dunningPolicyDecider, [stored(1)])
      .when({ ...store, name: 'again' })
      .then();
    given(dunningPolicyDecider, [stored(1)])
      .when({ ...store, daysBetweenNotices: 14 })
      .then(stored(2, { daysBetweenNotices: 14 }));
  });

  it('R-08: levels and rates must ascend', () => {
    const [first, second] = store.levels;
    given(dunningPolicyDecider, [])
      .when({ ...store, levels: [] })
      .thenRefused('InvalidPolicy', { levels: 0 });
    given(dunningPolicyDecider, [])
      .when({ ...store, levels: [{ ...first, daysAfterDue: 8 } as never, second as never] })
      .thenRefused('InvalidPolicy', { level: 2, daysAfterDue: 8 });
    given(dunningPolicyDecider, [])
      .when({
        ...store,
        interestRates: [
          { from: '2026-07-01', rate: 1 },
          { from: '2026-01-01', rate: 2 },
        ],
      })
      .thenRefused('InvalidPolicy', { from: '2026-01-01' });
  });
});

describe('the text of a notice', () => {
  it('R-11: lists every item net, with fee, interest and total', () => {
    const text = noticeText({
      firmName: 'Kontor GmbH',
      accountNumber: '1604-LIFKX',
      accountName: 'Boren AB',
      contactName: null,
      date: '2026-03-09',
      level: 2,
      currency: 'USD',
      items: [
        {
          instalmentId: 'i',
          invoiceNumber: 'INV-1',
          dueDate: '2026-03-01',
          netMinor: 9_760,
          levelBefore: 1,
          levelAfter: 2,
        },
      ],
      netMinor: 9_760,
      feeMinor: 1_000,
      interestMinor: 25,
    });
    expect(text.split('\n')).toEqual([
      'Kontor GmbH',
      '',
      'Boren AB',
      'Account 1604-LIFKX',
      '',
      '2026-03-09',
      'Second reminder (level 2)',
      '',
      'The following invoices are open and past their due date:',
      '',
      'Invoice              Due                       USD',
      'INV-1                2026-03-01              97.60',
      'Open                                         97.60',
      'Fee of this notice                           10.00',
      'Interest                                      0.25',
      'Total                                       107.85',
      '',
      'Please pay the total, naming the invoices. If you have paid already, take this notice as settled.',
      '',
    ]);
  });
});
