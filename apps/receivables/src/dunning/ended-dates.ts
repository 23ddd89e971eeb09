import { addDays, type BusinessDate } from '@kontor/kernel';
import type { LegalEntities } from '@kontor/service';
import { config } from '../receivables.config.ts';

/**
 * The last business date that may be decided: one that has ended in the entity's time zone, or passed the cut-off hour there
 * (24: dates end at midnight).
 */
export function lastEndedDate(
  entities: LegalEntities,
  entityId: string,
  now: string,
  cutOffHour: number = config.dunningCutOffHour,
): BusinessDate {
  const today = entities.dateOf(entityId, now);
  const timeZone = entities.find(entityId)?.timeZone ?? 'UTC';
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  return Number(format.format(new Date(now))) >= cutOffHour ? today : addDays(today, -1);
}
