import { describe, expect, it } from '@jest/globals';
import { FixedClock, LegalEntities } from '@kontor/service';
import { endOfDay } from './end-of-day.ts';

const entity = (id: string, timeZone: string) => ({ id, name: id, country: 'DE', timeZone, baseCurrency: 'EUR' });
const entities = new LegalEntities(
  [
    entity('main', 'Europe/Berlin'),
    entity('utc', 'UTC'),
    entity('india', 'Asia/Kolkata'),
    entity('kiritimati', 'Pacific/Kiritimati'),
    entity('niue', 'Pacific/Niue'),
  ],
  new FixedClock('2026-01-01T00:00:00.000Z'),
);

describe('end of a business day', () => {
  it('O-04: is midnight in the time zone of the legal entity, in summer and in winter', () => {
    expect(endOfDay(entities, 'main', '2026-07-01')).toBe('2026-07-01T22:00:00.000Z');
    expect(endOfDay(entities, 'main', '2026-12-31')).toBe('2026-12-31T23:00:00.000Z');
    expect(endOfDay(entities, 'main', '2026-03-29')).toBe('2026-03-29T22:00:00.000Z');
  });

  it('O-04: holds at every offset', () => {
    expect(
      ['utc', 'india', 'kiritimati', 'niue'].map((entityId) => endOfDay(entities, entityId, '2026-05-31')),
    ).toEqual([
      '2026-06-01T00:00:00.000Z',
      '2026-05-31T18:30:00.000Z',
      '2026-05-31T10:00:00.000Z',
      '2026-06-01T11:00:00.000Z',
    ]);
  });
});
