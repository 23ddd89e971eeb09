import { invalidField, zBusinessDate, zEntityId, zText, zUuid } from '@kontor/http';
import type { BusinessDate } from '@kontor/kernel';
import type { ServiceRuntime } from '@kontor/service';
import { z } from 'zod';
import { MAX_REASON_CHARS } from './warranty.config.ts';

// Fields that several requests of this service share.

export const zReason = zText(MAX_REASON_CHARS);

/** The day it happened, for what is entered late; today in the entity's zone when absent. */
export const zHappenedOn = zBusinessDate.optional().describe('Day it happened, not in the future; today when absent.');

export const entityField = { entityId: zEntityId.describe('Legal entity; `main` when absent.') };

export const TermParam = z.object({ productId: zUuid });

/** Today in the entity's zone; a problem for an entity that the firm does not have. */
export function todayOf(runtime: ServiceRuntime, entityId: string): BusinessDate {
  if (runtime.entities.find(entityId) === undefined)
    throw invalidField('entityId', 'is not a legal entity of the firm');
  return runtime.entities.today(entityId);
}

/** The day a change happened: the one given, if it is not in the future, or today. */
export function happenedOn(today: BusinessDate, given: BusinessDate | undefined): BusinessDate {
  if (given !== undefined && given > today) throw invalidField('businessDate', 'must not be in the future');
  return given ?? today;
}
