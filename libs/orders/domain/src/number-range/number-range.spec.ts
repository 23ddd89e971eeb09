import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { IDS } from '../lines/lines.scenarios.ts';
import { numberRangeDecider, numberText } from './number-range.ts';
import { assignNumber, numberAssigned } from './number-range.scenarios.ts';

describe('number range', () => {
  it('X-13: numbers of a kind and year follow each other without a gap', () => {
    given(numberRangeDecider, []).when(assignNumber).then(numberAssigned);
    given(numberRangeDecider, [numberAssigned])
      .when({ ...assignNumber, documentId: IDS.quote })
      .then({
        type: 'NumberAssigned',
        data: { ...numberAssigned.data, documentId: IDS.quote, ordinal: 2, number: 'O-2026-000002' },
      });
  });

  it('X-13: a number names kind and year, and the legal entity where it is not the main one', () => {
    expect(numberText('main', 'delivery', '2026', 77)).toBe('D-2026-000077');
    expect(numberText('vienna', 'quote', '2026', 1_000_000)).toBe('vienna-Q-2026-1000000');
  });
});
