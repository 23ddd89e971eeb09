import { addDays, dayNumber } from '@kontor/kernel';
import type { LegalEntities } from '@kontor/service';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The farthest that a zone's midnight is from UTC's: 14 hours, and one more for good measure. */
const MAX_OFFSET_MS = 15 * 3_600_000;

/** The instant at which a business date ends in the entity's time zone: the first one that has the next date there. */
export function endOfDay(entities: LegalEntities, entityId: string, date: string): string {
  const next = addDays(date, 1);
  const utcMidnight = dayNumber(next) * DAY_MS;
  let before = utcMidnight - MAX_OFFSET_MS;
  let after = utcMidnight + MAX_OFFSET_MS;
  // Halved until the minute is found: offsets are whole minutes, and a zone's date never runs backwards.
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / (2 * MINUTE_MS)) * MINUTE_MS;
    if (entities.dateOf(entityId, new Date(middle).toISOString()) >= next) after = middle;
    else before = middle;
  }
  return new Date(after).toISOString();
}
