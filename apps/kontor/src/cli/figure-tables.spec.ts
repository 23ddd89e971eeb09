import { describe, expect, it } from '@jest/globals';
import { forecastTable } from './figure-commands.ts';
import { counted } from './output.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

describe('figures as tables', () => {
  it('I-01: name the group of a weighted forecast, when it is asked for by group', () => {
    const line = { month: '2017-07', currency: 'USD', weighted: usd(100) };
    expect(forecastTable({ forecast: [line] })).not.toContain('group');
    const grouped = forecastTable({
      forecast: [
        { ...line, group: 'West' },
        { ...line, group: null },
      ],
    });
    expect(grouped.split('\n').filter((row) => row.includes('2017-07'))).toEqual([
      expect.stringMatching(/│ West +│ 2017-07 +│ 1\.00 USD │/),
      expect.stringMatching(/│ +│ 2017-07 +│ 1\.00 USD │/),
    ]);
  });

  it('count one thing and several', () => {
    expect([counted(0, 'event'), counted(1, 'event'), counted(2, 'event')]).toEqual([
      '0 events',
      '1 event',
      '2 events',
    ]);
  });
});
