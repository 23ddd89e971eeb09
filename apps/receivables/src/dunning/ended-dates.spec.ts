import { describe, expect, it } from '@jest/globals';
import { LegalEntities, SystemClock } from '@kontor/service';
import { lastEndedDate } from './ended-dates.ts';

const entity = (id: string, timeZone: string) => ({ id, name: id, country: 'DE', timeZone, baseCurrency: 'EUR' });
const entities = new LegalEntities(
  [entity('main', 'Europe/Berlin'), entity('tokyo', 'Asia/Tokyo'), entity('apia', 'Pacific/Apia')],
  new SystemClock(),
);

describe('the last date that may be decided', () => {
  it.each([
    // Berlin is an hour ahead in winter, two in summer; the clocks go forward on 29 March 2026 and back on 25 October.
    ['main', '2026-01-31T22:59:59.999Z', '2026-01-30'],
    ['main', '2026-01-31T23:00:00.000Z', '2026-01-31'],
    ['main', '2026-03-29T21:59:59.999Z', '2026-03-28'],
    ['main', '2026-03-29T22:00:00.000Z', '2026-03-29'],
    ['main', '2026-10-25T22:59:59.999Z', '2026-10-24'],
    ['main', '2028-02-29T23:00:00.000Z', '2028-02-29'],
    ['tokyo', '2026-01-31T14:59:59.999Z', '2026-01-30'],
    ['tokyo', '2026-01-31T15:00:00.000Z', '2026-01-31'],
    ['apia', '2026-01-31T10:59:59.999Z', '2026-01-30'],
    ['apia', '2026-01-31T11:00:00.000Z', '2026-01-31'],
  ])('R-09: has ended in the time zone of %s at %s: %s', (entityId, now, date) => {
    expect(lastEndedDate(entities, entityId, now, 24)).toBe(date);
  });

  it.each([
    ['main', '2026-07-31T15:59:59.999Z', '2026-07-30'],
    ['main', '2026-07-31T16:00:00.000Z', '2026-07-31'],
    ['main', '2026-07-31T22:00:00.000Z', '2026-07-31'],
    ['main', '2026-10-25T16:59:59.999Z', '2026-10-24'],
    ['main', '2026-10-25T17:00:00.000Z', '2026-10-25'],
    ['tokyo', '2026-07-31T09:00:00.000Z', '2026-07-31'],
  ])('R-09: has passed the cut-off hour 18 in the time zone of %s at %s: %s', (entityId, now, date) => {
    expect(lastEndedDate(entities, entityId, now, 18)).toBe(date);
  });
});
