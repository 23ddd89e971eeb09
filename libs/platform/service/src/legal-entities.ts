import type { BusinessDate } from '@kontor/kernel';
import type { Clock } from './clock.ts';

export interface LegalEntity {
  readonly id: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** IANA name; business dates of the entity are dates in this zone. */
  readonly timeZone: string;
  readonly baseCurrency: string;
}

/** The firm's legal entities. `main` exists from the start. */
export class LegalEntities {
  private readonly byId: ReadonlyMap<string, LegalEntity>;
  private readonly dateFormats = new Map<string, Intl.DateTimeFormat>();

  constructor(
    entities: readonly LegalEntity[],
    private readonly clock: Clock,
  ) {
    this.byId = new Map(entities.map((entity) => [entity.id, entity]));
  }

  find(entityId: string): LegalEntity | undefined {
    return this.byId.get(entityId);
  }

  all(): readonly LegalEntity[] {
    return [...this.byId.values()];
  }

  /** Today's business date in the entity's time zone. An unknown entity is a fault: requests are checked before. */
  today(entityId: string): BusinessDate {
    return this.dateOf(entityId, this.clock.now());
  }

  /** The business date of an instant in the entity's time zone. */
  dateOf(entityId: string, instant: string): BusinessDate {
    const entity = this.byId.get(entityId);
    if (entity === undefined) throw new RangeError(`${entityId} is not a legal entity of this firm`);
    let format = this.dateFormats.get(entity.timeZone);
    if (format === undefined) {
      // The Swedish locale writes dates as YYYY-MM-DD.
      format = new Intl.DateTimeFormat('sv-SE', { timeZone: entity.timeZone, dateStyle: 'short' });
      this.dateFormats.set(entity.timeZone, format);
    }
    return format.format(new Date(instant));
  }
}
